"""The Ancient Books Room: a study of 9.4 x 10.4 m in timber, thread-bound books in blue cases on open racks, a moon door."""
