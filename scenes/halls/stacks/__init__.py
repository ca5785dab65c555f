"""The stacks: one plain storey of bookcases back to back, as many ranges as the books need. Built to order, not shipped."""
