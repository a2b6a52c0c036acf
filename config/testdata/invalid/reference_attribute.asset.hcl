image "knight" {
  prompt = "x"
  output = "a.png"
}
output "x" {
  value = image.knight.pth # ERROR: Unknown attribute of asset
}
