package kube

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
)

// plainText is a file's text in UTF-8: a byte order mark tells UTF-16, in which
// some editors and shells of Windows write.
func plainText(text []byte) string {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(text, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return string(text)
	}
	units := make([]uint16, 0, len(text)/2)
	for at := 2; at+1 < len(text); at += 2 {
		units = append(units, order.Uint16(text[at:]))
	}
	return string(utf16.Decode(units))
}

// jsonLines cuts a document that is several JSON objects one after another, as
// kubectl takes them too, into one for each. Any other stays as it is: what
// begins with a brace may be YAML.
func jsonLines(d Document) []Document {
	if !strings.HasPrefix(strings.TrimLeft(d.Text, " \t\r\n"), "{") {
		return []Document{d}
	}
	var parts []Document
	decoder := json.NewDecoder(strings.NewReader(d.Text))
	for start, line := 0, d.Line; ; {
		var value json.RawMessage
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return []Document{d}
		}
		end := int(decoder.InputOffset())
		text := d.Text[start:end]
		parts = append(parts, Document{Text: text, Line: line})
		start, line = end, line+strings.Count(text, "\n")
	}
	return parts
}
