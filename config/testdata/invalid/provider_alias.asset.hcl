provider "local" {
  alias = "a b" # ERROR: Invalid provider alias
}
