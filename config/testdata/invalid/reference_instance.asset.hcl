image "icon" {
  for_each = toset(["sword"])
  prompt   = "x"
  output   = "${each.key}.png"
}
output "x" {
  value = image.icon["swrod"].path # ERROR: Reference to unknown instance
}
