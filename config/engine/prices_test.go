package engine

import (
	"encoding/json"
	"testing"
)

func TestAmount(t *testing.T) {
	prices := Prices{Currency: "USD", Units: map[string]string{"image_credit": "0.04", "video": "0.40"}}
	for _, test := range []struct {
		name   string
		prices Prices
		cost   Cost
		want   string // of Text
		value  string
	}{
		{"sum", prices, Cost{"image_credits": 5, "videos": 8}, "5 image credits and 8 videos (3.40 USD)", "3.40"},
		{"cents", prices, Cost{"image_credits": 1}, "1 image credit (0.04 USD)", "0.04"},
		{"nothing", prices, Cost{"image_credits": 0}, "nothing", "0.00"},
		{"thousands", prices, Cost{"videos": 1_000_000_000}, "1,000,000,000 videos (400,000,000.00 USD)", "400000000.00"},
		{"unknown unit", prices, Cost{"image_credits": 1, "songs": 2}, "1 image credit and 2 songs (amount unknown: no price of songs)", ""},
		{"most decimals", Prices{"EUR", map[string]string{"a": "0.1", "b": "0.0025"}}, Cost{"as": 3, "bs": 1}, "3 as and 1 b (0.3025 EUR)", "0.3025"},
		{"no decimals", Prices{"JPY", map[string]string{"a": "6"}}, Cost{"as": 300}, "300 as (1,800 JPY)", "1800"},
		{"a tenth thrice", Prices{"USD", map[string]string{"a": "0.1"}}, Cost{"as": 3}, "3 as (0.3 USD)", "0.3"},
		{"longest", Prices{"USD", map[string]string{"a": "999999999.999999999"}}, Cost{"as": 1_000_000_000}, "1,000,000,000 as (999,999,999,999,999,999.000000000 USD)", "999999999999999999.000000000"},
		{"no prices", Prices{}, Cost{"as": 3}, "3 as", ""},
	} {
		if got := test.prices.Text(test.cost); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		value := ""
		if a := test.prices.Amount(test.cost); a != nil {
			value = a.Value
		}
		if value != test.value {
			t.Errorf("%s: amount %q, want %q", test.name, value, test.value)
		}
	}
}

func TestPricesAreReadAsWritten(t *testing.T) {
	p := Prices{Currency: "USD", Units: map[string]string{"video": "0.40"}}
	b, err := json.Marshal(p)
	if err != nil || string(b) != `{"currency":"USD","video":"0.40"}` {
		t.Fatalf("%s, %v", b, err)
	}
	var back Prices
	if err := json.Unmarshal(b, &back); err != nil || back.Currency != "USD" || back.Units["video"] != "0.40" || len(back.Units) != 1 {
		t.Errorf("read back as %+v, %v", back, err)
	}
	for _, bad := range []string{`{}`, `{"currency":"usd"}`, `{"currency":"USD","video":0.4}`, `{"currency":"USD","video":"-1"}`,
		`{"currency":"USD","video":"1e3"}`, `{"currency":"USD","video":".5"}`, `{"currency":"USD","video":"1,5"}`, `{"currency":"USD","video":""}`} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}
