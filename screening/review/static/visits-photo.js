"use strict";
/* A photo of an outside or of business premises: taken from the camera into the page, so that it never is in the gallery
   of the phone; cropped and blurred there, and only then handed on to be kept and sent (visits-record.js). */
(() => {
  const dialog = document.getElementById("v-camera"), texts = document.getElementById("v-texts");
  const buttons = [...document.querySelectorAll("[data-v-photo]")];
  if (!dialog || !buttons.length || !self.visitStore || !dialog.showModal || !("indexedDB" in window)) return;
  const MOST_SIDE = 1600, BLOCKS = 4;
  const part = (name) => dialog.querySelector(`[data-v-part="${name}"]`);
  const video = part("video"), canvas = part("canvas"), said = part("said");
  const sliders = Object.fromEntries(["left", "top", "width", "height"].map((name) => [name, part(name)]));
  const brush = canvas.getContext("2d");
  let stop = null, stream = null, picture = null, steps = [], isWarned = false, isKeeping = false;

  const say = (name) => { said.textContent = name ? dialog.dataset[name] : ""; };
  const sheet = (width, height) => Object.assign(document.createElement("canvas"), { width, height });
  const endCamera = () => {
    if (stream) for (const track of stream.getTracks()) track.stop();
    stream = video.srcObject = null;
  };
  const turnTo = (step) => {
    for (const name of ["take", "edit"]) part(name).hidden = name !== step;
  };
  const startCamera = async () => {
    picture = null;
    steps = [];
    isWarned = false;
    turnTo("take");
    part("shoot").disabled = true;
    say("starting");
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: MOST_SIDE }, height: { ideal: 1200 } },
      });
      if (!dialog.open) return endCamera();
      video.srcObject = stream;
      await video.play();
      part("shoot").disabled = false;
      say("");
      return part("shoot").focus();
    } catch {
      endCamera();
      return say("none");
    }
  };

  /* the frame: in hundredths of the picture, by sliders or by pointing */
  const frame = () => {
    const [left, top] = [Number(sliders.left.value), Number(sliders.top.value)];
    const width = Math.min(Number(sliders.width.value), 100 - left), height = Math.min(Number(sliders.height.value), 100 - top);
    return {
      x: Math.round((left * picture.width) / 100), y: Math.round((top * picture.height) / 100),
      width: Math.max(1, Math.round((width * picture.width) / 100)), height: Math.max(1, Math.round((height * picture.height) / 100)),
    };
  };
  const setFrame = (left, top, width, height) => {
    for (const [name, value] of Object.entries({ left, top, width, height })) sliders[name].value = String(Math.round(value));
  };
  /* Where the frame is, in words: of each slider, and of the whole for who moves it with the keys. */
  const frameText = () => dialog.dataset.frame.replace(/\{(\w+)\}/g, (_, name) => sliders[name].value);
  const draw = () => {
    if (!picture) return;
    canvas.width = picture.width;
    canvas.height = picture.height;
    brush.drawImage(picture, 0, 0);
    const { x, y, width, height } = frame(), line = Math.max(2, picture.width / 200);
    for (const [colour, dash] of [["#000", []], ["#ffdd00", [line * 4, line * 4]]]) {
      brush.strokeStyle = colour;
      brush.lineWidth = line;
      brush.setLineDash(dash);
      brush.strokeRect(x + line / 2, y + line / 2, Math.max(1, width - line), Math.max(1, height - line));
    }
    part("undo").disabled = !steps.length;
    for (const slider of Object.values(sliders)) slider.setAttribute("aria-valuetext", `${slider.value} %`);
  };
  const edit = (next) => {
    steps.push(picture);
    picture = next;
    setFrame(25, 25, 50, 50);
    draw();
  };
  const crop = () => {
    const { x, y, width, height } = frame(), next = sheet(width, height);
    next.getContext("2d").drawImage(picture, x, y, width, height, 0, 0, width, height);
    edit(next);
    say("cropped");
  };
  /* So few blocks of colour that nothing can be worked out from them, drawn smoothly. */
  const blur = () => {
    const { x, y, width, height } = frame(), next = sheet(picture.width, picture.height), few = sheet(BLOCKS, BLOCKS);
    few.getContext("2d").drawImage(picture, x, y, width, height, 0, 0, BLOCKS, BLOCKS);
    const on = next.getContext("2d");
    on.drawImage(picture, 0, 0);
    on.drawImage(few, x, y, width, height);
    edit(next);
    say("blurred");
  };

  part("shoot").addEventListener("click", () => {
    const scale = Math.min(1, MOST_SIDE / Math.max(video.videoWidth, video.videoHeight));
    picture = sheet(Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale));
    picture.getContext("2d").drawImage(video, 0, 0, picture.width, picture.height);
    endCamera();
    turnTo("edit");
    setFrame(25, 25, 50, 50);
    draw();
    say("taken");
    part("canvas").focus();
  });
  for (const slider of Object.values(sliders)) slider.addEventListener("input", draw);
  const steer = { ArrowLeft: ["left", -1], ArrowRight: ["left", 1], ArrowUp: ["top", -1], ArrowDown: ["top", 1] };
  canvas.addEventListener("keydown", (event) => {
    if (!(event.key in steer)) return;
    event.preventDefault();
    let [name, way] = steer[event.key];
    if (event.shiftKey) name = name === "left" ? "width" : "height";
    sliders[name].value = String(Number(sliders[name].value) + way * 2);
    draw();
    said.textContent = frameText();
  });
  let from = null;
  const at = (event) => {
    const box = canvas.getBoundingClientRect(), within = (part, all) => Math.min(100, Math.max(0, (part / all) * 100));
    return [within(event.clientX - box.left, box.width), within(event.clientY - box.top, box.height)];
  };
  canvas.addEventListener("pointerdown", (event) => {
    from = at(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = at(event), [left, right] = [from[0], to[0]].sort((a, b) => a - b), [top, below] = [from[1], to[1]].sort((a, b) => a - b);
    setFrame(left, top, Math.max(1, right - left), Math.max(1, below - top));
    draw();
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { from = null; });
  part("crop").addEventListener("click", crop);
  part("blur").addEventListener("click", blur);
  part("undo").addEventListener("click", () => {
    picture = steps.pop();
    draw();
    say("undone");
    canvas.focus();
  });
  part("again").addEventListener("click", startCamera);

  const close = () => {
    /* a photo that is not kept yet is thrown away at the second press */
    if (picture && !isWarned) {
      isWarned = true;
      return say("unkept");
    }
    return dialog.close();
  };
  part("close").addEventListener("click", close);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("close", () => {
    endCamera();
    picture = null;
    steps = [];
    canvas.width = canvas.height = 1;
    stop.focus();
  });
  part("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isKeeping) return undefined;
    const fields = [...new FormData(part("form"))];
    if (!fields.some(([name]) => name === "toont")) return say("needSubject");
    if (!fields.some(([name]) => name === "gezien")) return say("needTick");
    const photo = picture.toDataURL("image/jpeg", 0.85).split(",")[1];
    const name = `${stop.dataset.vPhoto}/${Date.now().toString(36)}`;
    isKeeping = true;
    try {
      await self.visitStore.keep(name, stop.dataset.vOf, { owner: texts.dataset.vOwner, fields, photo });
    } catch {
      return say("full");
    } finally {
      isKeeping = false;
    }
    document.dispatchEvent(new Event("v-photo"));
    return dialog.close();
  });
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      stop = button;
      const may = button.dataset.vMay.split(" ");
      part("place").textContent = button.dataset.vPlace;
      part("form").reset();
      for (const choice of dialog.querySelectorAll("[name=toont]")) {
        choice.disabled = !may.includes(choice.value);
        choice.checked = may.length === 1 && !choice.disabled;
        choice.closest(".bs-choice").hidden = choice.disabled;
      }
      dialog.showModal();
      startCamera();
    });
  }
})();
