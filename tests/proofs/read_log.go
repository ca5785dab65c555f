// A stranger's reading of our log: everything here that hashes, proves or verifies is Go's own checksum-database code, which shares nothing with ours.
//
//	read_log FOLDER
//
// FOLDER holds checkpoint, tile/… and cases.json. Prints what was checked as JSON, or the first difference and exit status 1.
package main

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"stranger/note"
	"stranger/tlog"
)

type cases struct {
	Vkey      string
	Inclusion []struct {
		Index int64
		Proof []tlog.Hash
	}
	Consistency []struct {
		Old   int64
		Root  tlog.Hash
		Proof []tlog.Hash
	}
}

type folder string

func (f folder) Height() int                                { return 8 }
func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// Go writes the height into the path, C2SP does not: it is always 8.
		data, err := os.ReadFile(filepath.Join(string(f), strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func main() {
	if err := read(folder(os.Args[1])); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(f folder) error {
	var c cases
	text, err := os.ReadFile(filepath.Join(string(f), "cases.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return err
	}
	tree, origin, err := f.checkpoint(c.Vkey)
	if err != nil {
		return err
	}
	hashes := tlog.TileHashReader(tree, f)
	for _, one := range c.Inclusion {
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, one.Index)})
		if err != nil {
			return err
		}
		proof, err := tlog.ProveRecord(tree.N, one.Index, hashes)
		if err != nil {
			return err
		}
		if !equal(proof, one.Proof) {
			return fmt.Errorf("leaf %d: Go makes another proof", one.Index)
		}
		if err := tlog.CheckRecord(one.Proof, tree.N, tree.Hash, one.Index, leaf[0]); err != nil {
			return err
		}
	}
	for _, one := range c.Consistency {
		root, err := tlog.TreeHash(one.Old, hashes)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, one.Old, hashes)
		if err != nil {
			return err
		}
		if root != one.Root || !equal(proof, one.Proof) {
			return fmt.Errorf("size %d: Go makes another root or proof", one.Old)
		}
		if err := tlog.CheckTree(one.Proof, tree.N, tree.Hash, one.Old, one.Root); err != nil {
			return err
		}
	}
	if err := f.entries(tree, hashes); err != nil {
		return err
	}
	return f.answer(origin, tree)
}

// checkpoint opens the signed note as Go does, which knows nothing of cosignatures and must not mind them.
func (f folder) checkpoint(vkey string) (tree tlog.Tree, origin string, err error) {
	data, err := os.ReadFile(filepath.Join(string(f), "checkpoint"))
	if err != nil {
		return tree, "", err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, "", err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tree, "", err
	}
	lines := strings.Split(opened.Text, "\n")
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, "", err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, lines[0], err
}

// entries hashes every entry of every bundle and compares it with the tile of its leaf.
func (f folder) entries(tree tlog.Tree, hashes tlog.HashReader) error {
	for start := int64(0); start < tree.N; start += 256 {
		width := min(256, tree.N-start)
		tile := tlog.Tile{H: 8, L: 0, N: start / 256, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return err
		}
		var at []int64
		for i := range width {
			at = append(at, tlog.StoredHashIndex(0, start+i))
		}
		leaves, err := hashes.ReadHashes(at)
		if err != nil {
			return err
		}
		for _, leaf := range leaves {
			size := binary.BigEndian.Uint16(bundle)
			if tlog.RecordHash(bundle[2:2+size]) != leaf {
				return fmt.Errorf("%s: an entry does not hash to its leaf", path)
			}
			bundle = bundle[2+size:]
		}
		if len(bundle) != 0 {
			return fmt.Errorf("%s: bytes follow the last entry", path)
		}
	}
	return nil
}

// answer signs the same checkpoint with a new key of Go's, for us to open.
func (f folder) answer(origin string, tree tlog.Tree) error {
	secret, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", origin, tree.N, tree.Hash)
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]string{"vkey": vkey, "checkpoint": string(signed)})
}

func equal(a, b []tlog.Hash) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
