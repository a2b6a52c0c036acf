package watch

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// Variable is the environment variable that sets another limit.
const Variable = "ASSETFORM_EVALUATION_LIMIT"

// Limit is what evaluation may take, in all.
type Limit struct {
	CPU  time.Duration // user and system time of the process
	Heap uint64        // bytes of live heap and of stacks
}

// Default is enough for a project of 50,000 assets several times over.
var Default = Limit{CPU: 20 * time.Second, Heap: 1 << 30}

func (l Limit) String() string {
	size := fmt.Sprintf("%dB", l.Heap)
	for _, unit := range units {
		if l.Heap%unit.bytes == 0 {
			size = fmt.Sprintf("%d%s", l.Heap/unit.bytes, unit.name)
			break
		}
	}
	return l.CPU.String() + "," + size
}

// units are those of sizes, the largest first.
var units = []struct {
	name  string
	bytes uint64
}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

// ParseLimit reads a time and a size: "60s,4GiB".
func ParseLimit(text string) (Limit, error) {
	first, second, ok := strings.Cut(text, ",")
	if !ok {
		return Limit{}, limitError(text, errors.New("it has no comma"))
	}
	cpu, err := parseTime(strings.TrimSpace(first))
	if err != nil {
		return Limit{}, limitError(text, err)
	}
	heap, err := parseSize(strings.TrimSpace(second))
	if err != nil {
		return Limit{}, limitError(text, err)
	}
	return Limit{CPU: cpu, Heap: heap}, nil
}

func limitError(text string, err error) error {
	return fmt.Errorf("use %s %q: %w; write a time and a size, such as %q", Variable, text, err, "60s,4GiB")
}

func parseTime(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > math.MaxInt64/slowdown {
		return 0, fmt.Errorf("%q is no time above zero", text)
	}
	return d, nil
}

func parseSize(text string) (uint64, error) {
	for _, unit := range units {
		number, ok := strings.CutSuffix(text, unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 64)
		over, size := bits.Mul64(n, unit.bytes)
		if err != nil || n == 0 || over > 0 || size > math.MaxInt64/slowdown {
			break
		}
		return size, nil
	}
	return 0, fmt.Errorf("%q is no size in KiB, MiB, GiB or TiB", text)
}
