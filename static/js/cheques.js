// Photographs of cheques: says before sending that one is too small, too large or blurred. The server decides all the same.
(() => {
  "use strict";
  const MOST_BYTES = 9e6, SIDE = 640, LEAST_SHARPNESS = 40;

  async function judged(input) {
    const file = input.files[0];
    if (!file) return "";
    if (file.size > MOST_BYTES) return "This photo is larger than 9 MB. Take a smaller one.";
    let picture;
    try {
      picture = await createImageBitmap(file);
    } catch {
      return "This is no photo. Choose another file.";
    }
    const longest = Math.max(picture.width, picture.height);
    if (longest < Number(input.dataset.sharp)) return "This photo is too small to read. Go nearer and take it again.";
    return sharpness(picture, longest) < LEAST_SHARPNESS ? "This photo looks blurred. Hold still and take it again." : "";
  }

  // Variance of the Laplacian of the grey picture: small where no edge is sharp.
  function sharpness(picture, longest) {
    const width = Math.round(picture.width * SIDE / longest), height = Math.round(picture.height * SIDE / longest);
    const canvas = new OffscreenCanvas(width, height);
    const pen = canvas.getContext("2d");
    pen.drawImage(picture, 0, 0, width, height);
    const { data } = pen.getImageData(0, 0, width, height);
    const grey = new Float32Array(width * height);
    for (let i = 0; i < grey.length; i++) grey[i] = 0.3 * data[4 * i] + 0.59 * data[4 * i + 1] + 0.11 * data[4 * i + 2];
    let sum = 0, squares = 0, count = 0;
    for (let y = 1; y < height - 1; y++) {
      for (let x = 1; x < width - 1; x++) {
        const i = y * width + x;
        const edge = grey[i - 1] + grey[i + 1] + grey[i - width] + grey[i + width] - 4 * grey[i];
        sum += edge;
        squares += edge * edge;
        count++;
      }
    }
    return squares / count - (sum / count) ** 2;
  }

  document.addEventListener("change", async (event) => {
    const input = event.target;
    if (!input.matches?.("input[type=file][data-sharp]")) return;
    let note = input.parentElement.querySelector("[data-sharp-note]");
    if (!note) {
      note = document.createElement("p");
      note.className = "help";
      note.dataset.sharpNote = "";
      note.setAttribute("role", "status");
      input.after(note);
    }
    note.textContent = "Looking at the photo…";
    note.textContent = (await judged(input)) || "This photo can be read.";
  });
})();
