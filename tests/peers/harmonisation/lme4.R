# The nested mixed model by lme4, with its experts' settings: no derivatives after the optimum (calc.derivs = FALSE).
# Rscript lme4.R GRADES RUNS BLUPS: one line of JSON on the standard output; the effects of each commission in BLUPS.
arguments <- commandArgs(trailingOnly = TRUE)
suppressPackageStartupMessages(library(lme4))
grades <- read.csv(gzfile(arguments[1]), stringsAsFactors = FALSE)
runs <- as.integer(arguments[2])

grades$S <- NA_real_
for (option in unique(grades$option)) {
  rows <- which(grades$option == option)
  columns <- grep(paste0("^", option, "_"), names(grades), value = TRUE)
  letter <- substr(columns, nchar(option) + 2, nchar(option) + 2)
  means <- sapply(unique(letter), function(l) rowMeans(as.matrix(grades[rows, columns[letter == l]]), na.rm = TRUE))
  grades$S[rows] <- 20 * rowMeans(means, na.rm = TRUE) / 3
}
grades$SLAM <- as.numeric(grades$option == "SLAM")
grades$CCF <- as.numeric(tolower(grades$mode) == "ccf")
for (level in c("academy", "centre", "commission")) grades[[level]] <- factor(grades[[level]])
fixed <- Filter(function(name) length(unique(grades[[name]])) > 1, c("S", "SLAM", "CCF"))
model <- as.formula(paste("note ~", paste(c(fixed, "(1|academy)", "(1|centre)", "(1|commission)"), collapse = " + ")))

times <- replicate(runs, system.time(
  fit <<- lmer(model, data = grades, REML = TRUE, control = lmerControl(calc.derivs = FALSE))
))
seconds <- times["elapsed", ]
processor <- times["user.self", ] + times["sys.self", ]

# Each commission: its own effect, its centre's and its academy's.
place <- unique(grades[c("commission", "centre", "academy")])
effects <- ranef(fit, condVar = FALSE)
of <- function(level) effects[[level]][as.character(place[[level]]), 1]
place$total <- of("commission") + of("centre") + of("academy")
place$in_academy <- of("commission") + of("centre")
write.csv(format(place, digits = 15), arguments[3], row.names = FALSE, quote = FALSE)

variances <- as.data.frame(VarCorr(fit))
number <- function(value) formatC(value, digits = 12, format = "g")
pairs <- function(names, values) paste0("\"", names, "\":", number(values), collapse = ",")
cat(sprintf(
  "{\"peer\":\"lme4\",\"version\":\"%s, R %s\",\"what\":\"REML alone\",\"seconds\":[%s],\"processor\":[%s],\"criterion\":%.6f,\"variances\":{%s},\"fixed\":{%s}}\n",
  packageVersion("lme4"), getRversion(), paste(number(seconds), collapse = ","), paste(number(processor), collapse = ","), REMLcrit(fit),
  pairs(sub("Residual", "residual", variances$grp), variances$vcov), pairs(names(fixef(fit)), fixef(fit))
))
