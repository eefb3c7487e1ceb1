"""Gold sets made by script: questions whose evidence is out of scope, and questions of the wrong speaker."""
