/* A receipt that was just noted as printed is printed. Without this its page is printed by hand. */
document.addEventListener("htmx:afterSettle", (event) => {
  const receipt = event.detail.target.querySelector?.(".receipt[data-printing]");
  if (!receipt) return;
  delete receipt.dataset.printing;
  window.print();
});
