image "a" {
  prompt = "x"
  output = "art/Stra\u00dfe.png"
}
image "b" {
  prompt = "x"
  output = "ART/STRASSE.png" # ERROR: Two assets, one output
}
