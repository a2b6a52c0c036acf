image "icon" {
  for_each = toset(["sword", "shield"])
  prompt   = "Game icon of a ${each.key}"
  output   = "art/${each.key}.png"
}

# "assetform output icons --json" gives the paths to a build.
output "icons" {
  value       = { for name, icon in image.icon : name => icon.path }
  description = "Where the icons stand"
}
