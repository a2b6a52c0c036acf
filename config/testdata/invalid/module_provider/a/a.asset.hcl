provider "local" {} # ERROR: Provider outside root module
assetform {
  budget { videos = 3 } # ERROR: Budget outside root module
}
import { # ERROR: Import outside root module
  to = image.a
}
output "image" { # ERROR: Reserved name of output
  value = 1
}
