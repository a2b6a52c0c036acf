image "a" {
  prompt = "A cat"
  output = "art/Icons/a.png"
}

image "b" {
  prompt = "A dog"
  output = "art/icons/sub/b.png" # ERROR: Directories differ only in case
}

image "c" {
  prompt = "A wolf"
  output = "art/Icons/sub/c.png"
}
