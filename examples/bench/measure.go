package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A command is a program as it is measured.
type command struct {
	args []string
	dir  string
	env  []string
	// says is what it must print: a program that did nothing is fast.
	says string
	// before and after, if any, run beside each run, and are not counted.
	before, after func(context.Context) error
}

// A sample is what one run took, its children included, or the medians of many.
type sample struct {
	cpu    time.Duration // user and system
	wall   time.Duration
	memory int64 // bytes, the largest process
}

// once runs a command.
func (b *bench) once(ctx context.Context, c command) (sample, error) {
	if c.before != nil {
		if err := c.before(ctx); err != nil {
			return sample{}, err
		}
	}
	// A file, not a pipe: nobody here reads along.
	name := filepath.Join(b.tmp, "output")
	out, err := os.Create(name)
	if err != nil {
		return sample{}, err
	}
	defer out.Close()
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.dir, c.env, out, out
	start := time.Now()
	err = cmd.Run()
	wall := time.Since(start)
	text, readErr := os.ReadFile(name)
	if err := cmp.Or(ctx.Err(), err, readErr); err != nil {
		return sample{}, fmt.Errorf("%s: %w\n%s", strings.Join(c.args, " "), err, tail(text))
	}
	if !says(string(text), c.says) {
		return sample{}, fmt.Errorf("%s did not say %q:\n%s", strings.Join(c.args, " "), c.says, tail(text))
	}
	s := sample{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), wall, peak(cmd.ProcessState)}
	if c.after != nil {
		err = c.after(ctx)
	}
	return s, err
}

// says compares without the commas: builds differ in how they write thousands.
func says(text, words string) bool {
	plain := strings.NewReplacer(",", "")
	return strings.Contains(plain.Replace(text), plain.Replace(words))
}

// tail is the end of an output, where it says what went wrong.
func tail(text []byte) []byte { return text[max(0, len(text)-2000):] }

// warm runs each command once, uncounted, and then alternates.
func (b *bench) warm(ctx context.Context, rounds int, commands ...command) ([]sample, error) {
	if _, err := b.alternate(ctx, 1, commands...); err != nil {
		return nil, err
	}
	return b.alternate(ctx, rounds, commands...)
}

// alternate runs the commands in turn, A B A B, so that what slows the machine
// down for a while slows all of them, and returns the medians of each.
func (b *bench) alternate(ctx context.Context, rounds int, commands ...command) ([]sample, error) {
	samples := make([][]sample, len(commands))
	for range rounds {
		for i, c := range commands {
			s, err := b.once(ctx, c)
			if err != nil {
				return nil, err
			}
			samples[i] = append(samples[i], s)
		}
	}
	medians := make([]sample, len(commands))
	for i, s := range samples {
		medians[i] = sample{
			cpu:    median(s, func(s sample) time.Duration { return s.cpu }),
			wall:   median(s, func(s sample) time.Duration { return s.wall }),
			memory: median(s, func(s sample) int64 { return s.memory }),
		}
	}
	return medians, nil
}

func median[T time.Duration | int64](samples []sample, of func(sample) T) T {
	var values []T
	for _, s := range samples {
		values = append(values, of(s))
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 0 {
		return (values[middle-1] + values[middle]) / 2
	}
	return values[middle]
}

// ratio of processor times.
func (s sample) ratio(other sample) float64 { return float64(s.cpu) / float64(other.cpu) }

// beside says what a ratio is one of.
func (s sample) beside(other sample) string {
	return fmt.Sprintf("CPU %s / %s, wall %s / %s", ms(s.cpu), ms(other.cpu), ms(s.wall), ms(other.wall))
}

func ms(d time.Duration) string {
	v := float64(d) / float64(time.Millisecond)
	switch {
	case v >= 10_000:
		return fmt.Sprintf("%.1f s", v/1000)
	case v >= 20:
		return fmt.Sprintf("%.0f ms", v)
	}
	return fmt.Sprintf("%.1f ms", v)
}

func megabytes(n int64) float64 { return float64(n) / 1e6 }
