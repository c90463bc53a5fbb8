// A message's frame is as high as its content, so that the page scrolls and not the frame.
export function watchFrames(root) {
  for (const frame of root.querySelectorAll("[data-frame]")) {
    frame.addEventListener("load", () => fit(frame));
    if (frame.contentDocument?.readyState === "complete") fit(frame);
  }
}

function fit(frame) {
  const content = frame.contentDocument;
  if (!content?.body || content.URL === "about:blank") return;
  const measure = () => {
    const wide = content.documentElement.scrollWidth > content.documentElement.clientWidth;
    frame.style.blockSize = `${Math.ceil(content.body.getBoundingClientRect().height) + (wide ? 20 : 2)}px`;
  };
  measure();
  new ResizeObserver(measure).observe(content.body);
}
