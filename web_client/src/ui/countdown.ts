/** Seconds that run down, told once a second; `done` once at the end. The answer stops it. */
export function countdown(wait_ms: number, tell: (seconds: number) => void, done: () => void): () => void {
  const end = Date.now() + wait_ms;
  const tick = (): void => {
    const left_ms = end - Date.now();
    if (left_ms > 0) return tell(Math.ceil(left_ms / 1000));
    clearInterval(timer);
    done();
  };
  const timer = setInterval(tick, 1000);
  tick();
  return () => clearInterval(timer);
}
