image "a" {
  prompt = "x"
  output = "art/.GIT/a.png" # ERROR: Invalid path of output
}
