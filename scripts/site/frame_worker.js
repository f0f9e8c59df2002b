// The search runs in a worker, which browsers refuse to a page that is opened from a disk. There a hidden frame does it.
// What passes is copied, as between a page and its worker: either side changes what it has.
if (location.protocol === "file:") {
  window.Worker = class {
    constructor(address) {
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      inside.document.open();
      inside.postMessage = (data) => setTimeout((copy) => this.onmessage?.({ data: copy }), 0, structuredClone(data));
      this.ready = new Promise((resolve) => this.frame.addEventListener("load", resolve, { once: true }));
      inside.document.write(`<script src="${new URL(address, document.baseURI)}"></scr` + "ipt>");
      inside.document.close();
    }

    postMessage(data) {
      const copy = structuredClone(data);
      this.ready.then(() => this.frame.contentWindow.onmessage({ data: copy }));
    }

    terminate() {
      this.frame.remove();
    }
  };
}
