// After a proof: sends the form that was interrupted, as its button would.
document.querySelector("form[data-continue]")?.requestSubmit();
