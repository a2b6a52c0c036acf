provenance {
  credit = "Studio Fuchsbau"
  rights = "© 2026 Studio Fuchsbau, made with generative models"
}
