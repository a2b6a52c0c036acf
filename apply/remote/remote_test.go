package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"assetform/apply/store"
	"assetform/config/engine"
	"assetform/lockfile"
)

func TestOneMachineGetsWhatAnotherGenerated(t *testing.T) {
	t.Parallel()
	place := &memory{files: map[string][]byte{}}
	content, e := picture(t, 3, "a knight")
	newMachine(t, place).share(t, content, e)
	if len(place.calls) < 3 || !strings.HasPrefix(place.calls[len(place.calls)-2], "create v1/results/") || place.count("list") > 0 {
		t.Errorf("the blob does not come before its record, or something is listed: %q", place.calls)
	}
	second := newMachine(t, place)
	found, ok, err := second.Find(t.Context(), e.InputsHash, []string{here})
	if err != nil || !ok || !found.Equal(e) {
		t.Fatalf("%+v, %t, %v", found, ok, err)
	}
	var all sync.WaitGroup
	for range 8 { // at once: they share one download
		all.Go(func() {
			if err := second.FetchResult(t.Context(), second.store, &found); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := place.count("get v1/blobs/"); n != 1 {
		t.Errorf("%d downloads", n)
	}
	stored, ok, err := second.store.Result(e.InputsHash)
	if err != nil || !ok || !stored.Equal(e) || !second.store.HandMade(e.ContentHash) {
		t.Errorf("%+v, %t, %v", stored, ok, err)
	}
	if c := second.Counts(); c.Downloaded != 1 || c.Bytes != e.Bytes {
		t.Errorf("%+v", c)
	}
	if w := second.Warnings(); len(w) > 0 {
		t.Errorf("warnings: %q", w)
	}
}

// What two uploads have in common is uploaded once, however long it takes.
func TestUploadsAreShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		place := &memory{files: map[string][]byte{}, fault: func(call string) error {
			if strings.HasPrefix(call, "put v1/blobs/") {
				time.Sleep(10 * time.Second)
			}
			return nil
		}}
		m := newMachine(t, place)
		content, e := picture(t, 3, "a knight")
		m.generate(t, content, e)
		var all sync.WaitGroup
		for _, u := range []Upload{upload(e), {Contents: []lockfile.ContentHash{e.ContentHash}}} {
			all.Go(func() {
				if err := m.Upload(t.Context(), m.store, u); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n, c := place.count("put v1/blobs/"), m.Counts(); n != 1 || c.Uploaded != 1 || c.Bytes != e.Bytes {
			t.Errorf("it was uploaded %d times: %+v", n, c)
		}
	})
}

// TestEachContentIsLookedForOnce: what is known to be there is neither asked for
// nor read again, and its record needs no copy of it on this machine.
func TestEachContentIsLookedForOnce(t *testing.T) {
	t.Parallel()
	place := &memory{files: map[string][]byte{}}
	content, e := picture(t, 3, "a knight")
	one := newMachine(t, place)
	one.generate(t, content, e)
	u := upload(e)
	u.Contents = []lockfile.ContentHash{e.ContentHash}
	if err := one.Upload(t.Context(), one.store, u); err != nil {
		t.Fatal(err)
	}
	if stats, puts := place.count("stat v1/blobs/"), place.count("put v1/blobs/"); stats != 1 || puts != 1 {
		t.Errorf("asked %d times and wrote %d times", stats, puts)
	}
	if err := place.Delete(t.Context(), resultName(e.InputsHash)); err != nil {
		t.Fatal(err)
	}
	two := newMachine(t, place)
	if has, err := two.Has(t.Context(), e.ContentHash, e.Bytes); !has || err != nil {
		t.Fatal(has, err)
	}
	u.Result = &e
	if err := two.Upload(t.Context(), two.store, u); err != nil || place.count("stat v1/blobs/") != 2 || place.files[resultName(e.InputsHash)] == nil {
		t.Errorf("error %v after %q", err, place.calls)
	}
	// What was found to be damaged since is not there any more.
	place.files[blobName(e.ContentHash)] = bytes.Repeat([]byte("x"), len(content))
	if err := two.Fetch(t.Context(), two.store, e.ContentHash, 0); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	two.generate(t, content, e)
	if err := two.Upload(t.Context(), two.store, u); err != nil || !bytes.Equal(place.files[blobName(e.ContentHash)], content) {
		t.Errorf("error %v, and the content is damaged still", err)
	}
}

func TestTheFirstResultWins(t *testing.T) {
	t.Parallel()
	place := &memory{files: map[string][]byte{}}
	content, e := picture(t, 3, "a knight")
	newMachine(t, place).share(t, content, e)
	later, other := picture(t, 4, "a knight")
	second := newMachine(t, place)
	second.share(t, later, other)
	find := func() lockfile.Entry {
		t.Helper()
		found, ok, err := newMachine(t, place).Find(t.Context(), e.InputsHash, []string{here})
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		return found
	}
	if got := find(); got.ContentHash != e.ContentHash {
		t.Error("the second result replaced the first")
	}
	again := upload(other)
	again.Overwrite = true
	if err := second.Upload(t.Context(), second.store, again); err != nil {
		t.Fatal(err)
	}
	if got := find(); got.ContentHash != other.ContentHash {
		t.Error("another take that was asked for did not replace the first")
	}
	// So it is where the place cannot create without overwriting.
	place.set(func(call string) error {
		if strings.HasPrefix(call, "create") {
			return ErrUnsupported
		}
		return nil
	})
	second.generate(t, content, e)
	if err := second.Upload(t.Context(), second.store, upload(e)); err != nil {
		t.Fatal(err)
	}
	if got := find(); got.ContentHash != other.ContentHash {
		t.Error("a record was replaced where nothing can be created")
	}
	more, new := picture(t, 5, "a horse")
	second.share(t, more, new)
	if _, ok, err := second.Find(t.Context(), new.InputsHash, []string{here}); !ok || err != nil {
		t.Error("nothing is written where nothing can be created", err)
	}
}

// A test server's result is in nobody's way, and takes nobody's place.
func TestTestServersGiveWay(t *testing.T) {
	t.Parallel()
	place := &memory{files: map[string][]byte{}}
	drawn, sketch := picture(t, 3, "a knight")
	painted, paid := picture(t, 4, "a knight")
	const local = "http://127.0.0.1:4000"
	generate := func(origin string, content []byte, e lockfile.Entry) (found bool) {
		t.Helper()
		m := newMachine(t, place)
		_, found, err := m.Find(t.Context(), e.InputsHash, []string{origin})
		if err != nil {
			t.Fatal(err)
		}
		m.generate(t, content, e)
		u := upload(e)
		u.Origin = origin
		if err := m.Upload(t.Context(), m.store, u); err != nil {
			t.Fatal(err)
		}
		return found
	}
	for _, step := range []struct {
		origin  string
		content []byte
		entry   lockfile.Entry
		found   bool
	}{
		{local, drawn, sketch, false},
		{here, painted, paid, false},
		{local, drawn, sketch, false},
		{here, painted, paid, true},
	} {
		if found := generate(step.origin, step.content, step.entry); found != step.found {
			t.Errorf("from %s: found is %t", step.origin, found)
		}
	}
	// Nor does another take that somebody asks a test server for.
	m, u := newMachine(t, place), upload(sketch)
	m.generate(t, drawn, sketch)
	u.Origin, u.Overwrite = local, true
	if err := m.Upload(t.Context(), m.store, u); err != nil {
		t.Fatal(err)
	}
	if e, ok, err := newMachine(t, place).Find(t.Context(), paid.InputsHash, []string{here}); !ok || err != nil || e.ContentHash != paid.ContentHash {
		t.Errorf("the record is %+v, %t, %v", e, ok, err)
	}
}

func TestDamageCountsAsAbsent(t *testing.T) {
	t.Parallel()
	content, e := picture(t, 3, "a knight")
	record, blob := resultName(e.InputsHash), blobName(e.ContentHash)
	html := []byte("<html>Please log in.</html>")
	poisoned := e
	poisoned.ContentHash, poisoned.Bytes = lockfile.HashBytes(html), int64(len(html))
	wider := e
	wider.Width = 4
	dear, unit, film, task, marked := e, e, e, e, e
	dear.Cost = lockfile.Cost{"image_credits": 3_000_000_000}
	unit.Cost = lockfile.Cost{"::error::": 1}
	film.Duration = 3
	task.TaskID = "42\n::error::here\x1b[31m"
	marked.Marks = map[string]string{"c2pa": "\x1b[31m"}
	encode := func(e lockfile.Entry) []byte {
		b, err := store.EncodeShared(e.InputsHash, e, here)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, spoil := range map[string]func(files map[string][]byte){
		"a page of a proxy": func(f map[string][]byte) { f[record] = html },
		"an endless record": func(f map[string][]byte) { f[record] = bytes.Repeat([]byte(" "), 5<<20) },
		"other inputs": func(f map[string][]byte) {
			f[record] = bytes.Replace(f[record], []byte("v1:sha256:"), []byte("v1:sha256:0"), 1)
		},
		"a person's file": func(f map[string][]byte) {
			f[record] = bytes.Replace(f[record], []byte(`"origin"`), []byte(`"adopted": "image.x", "origin"`), 1)
		},
		"a cost that no lock can have": func(f map[string][]byte) { f[record] = encode(dear) },
		"a unit that is none":          func(f map[string][]byte) { f[record] = encode(unit) },
		"a picture that lasts":         func(f map[string][]byte) { f[record] = encode(film) },
		"a task that is a command":     func(f map[string][]byte) { f[record] = encode(task) },
		"marks that are a command":     func(f map[string][]byte) { f[record] = encode(marked) },
		"no blob":                      func(f map[string][]byte) { delete(f, blob) },
		"a longer blob":                func(f map[string][]byte) { f[blob] = append(f[blob], 0) },
		"an endless picture": func(f map[string][]byte) {
			f[record] = bytes.Replace(f[record], []byte(`"bytes": `), []byte(`"bytes": 9999999999`), 1)
		},
		"half a blob":             func(f map[string][]byte) { f[blob] = f[blob][:20] },
		"other bytes":             func(f map[string][]byte) { f[blob] = bytes.ToUpper(f[blob]) },
		"a page as the blob":      func(f map[string][]byte) { f[blob] = append(html, make([]byte, len(f[blob])-len(html))...) },
		"a record of a page":      func(f map[string][]byte) { f[record] = encode(poisoned); f[blobName(poisoned.ContentHash)] = html },
		"a record that is untrue": func(f map[string][]byte) { f[record] = encode(wider) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			place := &memory{files: map[string][]byte{}}
			newMachine(t, place).share(t, content, e)
			spoil(place.files)
			m := newMachine(t, place)
			found, ok, err := m.Find(t.Context(), e.InputsHash, []string{here})
			if err != nil {
				t.Fatal(err)
			}
			if ok { // it shows when it is read
				if err := m.FetchResult(t.Context(), m.store, &found); !errors.Is(err, fs.ErrNotExist) {
					t.Fatal(err)
				}
				if found, ok, err = m.Find(t.Context(), e.InputsHash, []string{here}); ok || err != nil {
					t.Errorf("what was read and is damaged is found once more: %+v, %v", found, err)
				}
			}
			if len(m.Warnings()) == 0 {
				t.Error("nobody was told")
			}
			if _, ok, _ := m.store.Result(e.InputsHash); ok {
				t.Error("it is in the store")
			}
			// Nor does it help that the store has the file for something else.
			if name == "a record that is untrue" {
				_ = m.Fetch(t.Context(), m.store, e.ContentHash, 0)
				if err := m.FetchResult(t.Context(), m.store, &found); !errors.Is(err, fs.ErrNotExist) {
					t.Error("an untrue record is believed of what the store has", err)
				}
			}
			// Who generates it then heals it.
			m.share(t, content, e)
			healed := newMachine(t, place)
			if found, ok, err = healed.Find(t.Context(), e.InputsHash, []string{here}); !ok || err != nil {
				t.Fatal("not healed", err)
			}
			if err := healed.FetchResult(t.Context(), healed.store, &found); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRecordsOfOtherOriginsArePassedOver(t *testing.T) {
	t.Parallel()
	place := &memory{files: map[string][]byte{}}
	content, e := picture(t, 3, "a knight")
	newMachine(t, place).share(t, content, e)
	m := newMachine(t, place)
	if _, ok, err := m.Find(t.Context(), e.InputsHash, []string{"https://other.example"}); ok || err != nil || len(m.Warnings()) > 0 {
		t.Error(ok, err)
	}
}

func TestFailuresAreNotAbsence(t *testing.T) {
	t.Parallel()
	content, e := picture(t, 3, "a knight")
	place := &memory{files: map[string][]byte{}}
	newMachine(t, place).share(t, content, e)
	broken := errors.New("connection reset")
	left := 1
	place.set(func(string) error {
		if left--; left >= 0 {
			return broken
		}
		return nil
	})
	m := newMachine(t, place)
	m.o.testOnlyPatience = 2 * firstPause
	if _, ok, err := m.Find(t.Context(), e.InputsHash, []string{here}); !ok || err != nil {
		t.Errorf("a failure that passed did not: %v", err)
	}
	for name, fault := range map[string]error{"denied": ErrDenied, "broken": broken} {
		place.set(func(string) error { return fault })
		m := newMachine(t, place)
		var failure *FailureError
		if _, ok, err := m.Find(t.Context(), e.InputsHash, []string{here}); ok || !errors.As(err, &failure) || !errors.Is(err, fault) {
			t.Errorf("%s: %t, %v", name, ok, err)
		}
		if err := m.FetchResult(t.Context(), m.store, &e); !errors.As(err, &failure) {
			t.Errorf("%s: %v", name, err)
		}
		calls := place.count("")
		if _, err := m.Has(t.Context(), e.ContentHash, 0); err == nil {
			t.Errorf("%s is absence", name)
		}
		if again := place.count("") - calls; name == "broken" && again > 0 {
			t.Errorf("a place that does not answer is asked %d times more", again)
		}
	}
	place.set(nil)
	place.cut = true
	m = newMachine(t, place)
	var failure *FailureError
	if err := m.Fetch(t.Context(), m.store, e.ContentHash, 0); !errors.As(err, &failure) || m.store.Has(e.ContentHash) {
		t.Errorf("a body that was cut: %v", err)
	}
	place.cut = false

	// A place that cannot be opened is never an empty one.
	for _, why := range []error{fs.ErrNotExist, fmt.Errorf("%w: %w", ErrNowhere, fs.ErrNotExist), fmt.Errorf("%w: %w", ErrDenied, fs.ErrNotExist)} {
		gone := New(Options{Open: func(context.Context) (Files, error) { return nil, why }, Shown: "gone", testOnlyPatience: 1})
		if _, _, err := gone.Find(t.Context(), e.InputsHash, []string{here}); !errors.As(err, &failure) || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a place that is not there: %v", err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, _, err := newMachine(t, place).Find(ended, e.InputsHash, []string{here}); !errors.As(err, &failure) || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestWhatIsDueIsMadeUpFor(t *testing.T) {
	t.Parallel()
	content, e := picture(t, 3, "a knight")
	place := &memory{files: map[string][]byte{}}
	m := newMachine(t, place)
	m.generate(t, content, e)
	place.set(func(string) error { return errors.New("no route to host") })
	m.Note(upload(e))
	if err := m.Upload(t.Context(), m.store, upload(e)); err == nil || m.Counts().Due != 1 {
		t.Fatal(err)
	}
	place.set(nil)
	later := New(Options{Open: m.o.Open, Shown: "memory", Data: m.data})
	due := later.Due()
	if len(due) != 1 || due[0].Inputs != e.InputsHash || due[0].Origin != here {
		t.Fatalf("%+v", due)
	}
	if err := later.Upload(t.Context(), m.store, due[0]); err != nil {
		t.Fatal(err)
	}
	if left := later.Due(); len(left) > 0 || len(place.names()) != 2 {
		t.Errorf("%+v, %q", left, place.names())
	}

	// An answer that was lost is no failure: the record is ours.
	more, horse := picture(t, 4, "a horse")
	lost := 1
	place.set(func(call string) error {
		if strings.HasPrefix(call, "create") {
			if lost--; lost >= 0 {
				b, _ := store.EncodeShared(horse.InputsHash, horse, here)
				place.mu.Lock()
				place.files[resultName(horse.InputsHash)] = b
				place.mu.Unlock()
				return ErrUnknown
			}
		}
		return nil
	})
	m.Remote = later
	m.o.testOnlyPatience = 2 * firstPause
	m.share(t, more, horse)

	// Nobody's bytes can be made up for, and who may only read writes nothing.
	m.Note(Upload{Contents: []lockfile.ContentHash{{1}}})
	if err := m.Upload(t.Context(), m.store, m.Due()[0]); !errors.Is(err, fs.ErrNotExist) || len(m.Due()) > 0 {
		t.Error(err)
	}
	reader := New(Options{Open: m.o.Open, Shown: "memory", ReadOnly: true, Data: m.data})
	calls := place.count("")
	reader.Note(upload(e))
	if err := reader.Upload(t.Context(), m.store, upload(e)); err != nil || len(reader.Due()) > 0 || place.count("") > calls {
		t.Error("somebody wrote who may only read", err)
	}
}

func TestDeniedWritesAreNotRepeated(t *testing.T) {
	t.Parallel()
	place := &memory{files: map[string][]byte{}}
	place.set(func(call string) error {
		if strings.HasPrefix(call, "put") || strings.HasPrefix(call, "create") {
			return ErrDenied
		}
		return nil
	})
	m := newMachine(t, place)
	for _, prompt := range []string{"a", "b", "c"} {
		content, e := picture(t, 3+len(prompt), prompt)
		m.generate(t, content, e)
		if err := m.Upload(t.Context(), m.store, upload(e)); !errors.Is(err, ErrDenied) {
			t.Error(err)
		}
	}
	if n := place.count("put"); n != 1 {
		t.Errorf("%d writes were tried", n)
	}
	if _, _, err := m.Find(t.Context(), lockfile.InputsHash{1}, nil); err != nil {
		t.Errorf("reading ends with writing: %v", err)
	}
}

func TestUnnamed(t *testing.T) {
	t.Parallel()
	place := &memory{files: map[string][]byte{"v1/results/notes.txt": nil, "v1/blobs/sha256/x": nil, "v1/claims/a/1.json": nil}}
	m := newMachine(t, place)
	content, kept := picture(t, 3, "kept")
	m.share(t, content, kept)
	content, old := picture(t, 4, "old")
	m.share(t, content, old)
	content, blob := picture(t, 5, "a blob that a lock names")
	m.share(t, content, blob)
	named := Named{map[lockfile.ContentHash]bool{blob.ContentHash: true}, map[lockfile.InputsHash]bool{kept.InputsHash: true}}
	for _, prefix := range []string{blobPrefix, resultPrefix} { // what a dead writer left
		if err := place.Put(t.Context(), prefix+"."+strings.Repeat("A", 26)+".assetform-tmp", strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	if _, err := m.Unnamed(t.Context(), named, now); err == nil {
		t.Error("files of whatever age are old")
	}
	blobs := &memory{files: map[string][]byte{blobName(lockfile.ContentHash{1}): nil}}
	if list, err := newMachine(t, blobs).Unnamed(t.Context(), named, now); err == nil {
		t.Errorf("blobs of whatever age are old: %v", list)
	}
	place.written = now
	for age, want := range map[time.Duration]int{time.Hour: 2, -time.Hour: 5} {
		if list, err := m.Unnamed(t.Context(), named, now.Add(-age)); err != nil || len(list) != want {
			t.Errorf("older than %s are %v, %v", age, list, err)
		}
	}
	list, err := m.Unnamed(t.Context(), named, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, i := range list {
		got[i.Name] = true
	}
	if len(got) != 5 || !got[resultName(old.InputsHash)] || !got[resultName(blob.InputsHash)] || !got[blobName(old.ContentHash)] {
		t.Errorf("%v", got)
	}
	if n, err := m.Delete(t.Context(), list); n != 5 || err != nil || len(place.names()) != 6 {
		t.Errorf("%d, %v: %q", n, err, place.names())
	}
	place.set(func(string) error { return ErrUnsupported })
	if _, err := m.Unnamed(t.Context(), named, time.Time{}); err == nil {
		t.Error("a place that cannot be listed has nothing to prune")
	}
}

// TestPruneAsksAtOnce: with thousands of records one after the other would take
// longer than anybody waits.
func TestPruneAsksAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		place := &memory{files: map[string][]byte{}}
		m := newMachine(t, place)
		named := Named{map[lockfile.ContentHash]bool{}, map[lockfile.InputsHash]bool{}}
		var old []Info
		for i := range 2 * callsAtOnce {
			h := lockfile.InputsHash{byte(i)}
			place.files[resultName(h)], named.Inputs[h] = nil, true
			old = append(old, Info{Name: resultName(lockfile.InputsHash{1: byte(i)}), Size: 1})
		}
		place.set(func(string) error {
			time.Sleep(time.Second)
			return nil
		})
		began := time.Now()
		if list, err := m.Unnamed(t.Context(), named, time.Time{}); err != nil || len(list) > 0 || time.Since(began) > 4*time.Second {
			t.Errorf("%v, error %v, after %v", list, err, time.Since(began))
		}
		began = time.Now()
		if n, err := m.Delete(t.Context(), old); err != nil || n != len(old) || time.Since(began) > 2*time.Second {
			t.Errorf("deleted %d, error %v, after %v", n, err, time.Since(began))
		}
		place.set(func(string) error { return ErrDenied })
		if n, err := m.Delete(t.Context(), old); !errors.Is(err, ErrDenied) || n != 0 {
			t.Errorf("deleted %d, error %v", n, err)
		}
	})
}

func TestKnown(t *testing.T) {
	t.Parallel()
	m := newMachine(t, &memory{})
	if err := SaveKnown(m.data, "sha256:1", "file:///a", []lockfile.ContentHash{{1}, {2}}); err != nil {
		t.Fatal(err)
	}
	known, err := Known(m.data, "sha256:1", "file:///a")
	if err != nil || len(known) != 2 || !known[lockfile.ContentHash{2}] {
		t.Error(known, err)
	}
	if other, err := Known(m.data, "sha256:2", "file:///a"); len(other) > 0 || err != nil {
		t.Error("another lock's contents count", err)
	}
	if other, err := Known(m.data, "sha256:1", "file:///b"); len(other) > 0 || err != nil {
		t.Error("another remote's contents count", err)
	}
	if none, err := Known(newMachine(t, &memory{}).data, "sha256:1", "file:///a"); len(none) > 0 || err != nil {
		t.Error(err)
	}
}

// A place that cannot be opened was not asked: it is said at once, and once.
func TestNoPlaceIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	opened := 0
	r := New(Options{Shown: "nowhere", Engines: engine.Registry{}, Open: func(context.Context) (Files, error) {
		opened++
		return nil, errors.New("its address has a blank")
	}})
	for range 2 {
		var failure *FailureError
		if err := r.Reach(t.Context()); !errors.As(err, &failure) || !strings.Contains(err.Error(), "a blank") {
			t.Errorf("it says %v", err)
		}
	}
	if opened != 1 {
		t.Errorf("it was opened %d times", opened)
	}
}

// A file that is larger than the lock says is not read to its end, and one that
// comes byte by byte is not waited for.
func TestDownloadsAreBounded(t *testing.T) {
	t.Parallel()
	h := lockfile.HashBytes([]byte("a picture"))
	for name, c := range map[string]struct {
		file endless
		what string
	}{
		"it says so":         {endless{says: 20 << 30}, "more bytes"},
		"it does not say so": {endless{says: -1}, "more bytes"},
		"a byte a second":    {endless{says: 900_000, pause: time.Second}, "next to nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMachine(t, &memory{files: map[string][]byte{}})
				file := c.file
				m.files, m.opened = &file, true
				began := time.Now()
				err := m.Fetch(t.Context(), m.store, h, 900_000)
				if err == nil || !strings.Contains(err.Error(), c.what) {
					t.Errorf("got error %v", err)
				}
				if took := time.Since(began); file.read > 1<<20 || took > 2*time.Minute {
					t.Errorf("%d bytes were read in %s", file.read, took)
				}
			})
		})
	}
}

// endless is a place whose files never end.
type endless struct {
	Files
	says  int64 // how long they are
	pause time.Duration
	read  int
}

func (e *endless) Get(ctx context.Context, _ string) (io.ReadCloser, int64, error) {
	return io.NopCloser(reader(func(b []byte) (int, error) {
		n := len(b)
		if e.pause > 0 {
			select {
			case <-time.After(e.pause):
			case <-ctx.Done():
				return 0, ctx.Err()
			}
			n = 1
		}
		e.read += n
		return n, nil
	})), e.says, nil
}

type reader func([]byte) (int, error)

func (r reader) Read(b []byte) (int, error) { return r(b) }
