image "knight" {
  prompt = "x"
  output = "a.png"
}
output "x" {
  value = video.knight.path # ERROR: Reference to undeclared asset
}
