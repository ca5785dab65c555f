"""The Great Hall: 32 x 12 m, a coffered barrel vault, one wall of tall windows, a gallery opposite, ten reading tables."""
