package sketch

import (
	"bytes"
	"maps"
	"testing"

	"assetform/apply/engine/enginetest"
)

// A row of the table that the drawing does not know tells one picture from
// another all the same, whatever its type.
func TestUnknownRowsCount(t *testing.T) {
	t.Parallel()
	calm := map[string]any{"mood": "calm"}
	seen := map[string]map[string]any{}
	for _, more := range []map[string]any{
		{}, calm, {"mood": "wild"}, {"tone": "calm"}, {"strength": int64(1)}, {"strength": int64(2)},
		{"weight": 0.5}, {"tiling": true}, {"tiling": false}, {"mood": "calm", "tiling": true},
	} {
		is, err := unknownRows(more).request(defaultMaxPixels)
		if other, same := seen[is.More]; same || err != nil {
			t.Errorf("%v is drawn as %v, %v", more, other, err)
		}
		seen[is.More] = more
	}
	var plain, moody bytes.Buffer
	for b, more := range map[*bytes.Buffer]map[string]any{&plain: nil, &moody: calm} {
		if err := unknownRows(more).Draw(t.Context(), b, PNG, defaultMaxPixels); err != nil {
			t.Fatal(err)
		}
	}
	if bytes.Equal(plain.Bytes(), moody.Bytes()) {
		t.Error("the row changes nothing in the picture")
	}
}

func unknownRows(more map[string]any) *Job {
	job := &Job{Method: "generate_image", Params: map[string]any{"prompt": "A castle"}, Seed: 7}
	maps.Copy(job.Params, more)
	return job
}

// Inputs that the drawing has no place for are taken up in one order.
func TestUnknownInputsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	job := Job{Method: "generate_image_with_references", Params: map[string]any{"prompt": "A castle"}, Images: map[string][][]byte{}}
	for _, name := range []string{"a", "b", "c", "d"} {
		job.Images[name] = [][]byte{enginetest.Picture(name)}
	}
	first, err := job.request(defaultMaxPixels)
	if err != nil || len(first.References) != 4 {
		t.Fatalf("%d references, %v", len(first.References), err)
	}
	for range 20 {
		again, err := job.request(defaultMaxPixels)
		if err != nil {
			t.Fatal(err)
		}
		for i := range first.References {
			if again.References[i].At(3, 3) != first.References[i].At(3, 3) {
				t.Fatalf("reference %d is another one", i)
			}
		}
	}
}
