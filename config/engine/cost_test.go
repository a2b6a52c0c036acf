package engine

import "testing"

func TestCost(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]Cost{
		"nothing":                          nil,
		"1 image credit":                   {"image_credits": 1, "videos": 0},
		"12,345 image credits and 1 video": {"videos": 1, "image_credits": 12345},
		"100 minutes":                      {"minutes": 100},
		"1 a, 2 bs and 1 c":                {"as": 1, "bs": 2, "cs": 1},
	} {
		if got := c.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	one := Cost{"videos": 1}
	sum := one.Add(Cost{"videos": 2, "image_credits": 3})
	if !sum.Equal(Cost{"videos": 3, "image_credits": 3}) || one["videos"] != 1 {
		t.Errorf("got %v, and %v is left", sum, one)
	}
	if rest := sum.Sub(sum); !rest.IsZero() || !rest.Equal(nil) || len(rest.Present()) > 0 {
		t.Errorf("got %v", rest)
	}
	if got := Cost(nil).Add(one); !got.Equal(one) || got.Equal(nil) {
		t.Errorf("got %v", got)
	}
}
