import { describe, expect, it } from "vitest";
import { chooseQuality, guessQuality } from "../../src/world/stage";

describe("quality", () => {
  it("is what was asked, then what was set", () => {
    expect(chooseQuality("high", "low")).toBe("high");
    expect(chooseQuality("low", "high")).toBe("low");
    expect(chooseQuality(null, "high")).toBe("high");
    expect(chooseQuality("nonsense", "low")).toBe("low");
  });

  it.each([
    ["ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)", 8, "low"],
    ["llvmpipe (LLVM 15.0.7, 256 bits)", 16, "low"],
    ["Microsoft Basic Render Driver", 8, "low"],
    ["Adreno (TM) 740", 8, "high"],
    ["ANGLE (NVIDIA, NVIDIA GeForce GTX 1650)", 2, "low"],
    ["Apple GPU", 8, "high"],
  ])("guessed from %s on %i cores is %s", (renderer, cores, quality) => {
    expect(guessQuality(renderer, cores)).toBe(quality);
  });
});
