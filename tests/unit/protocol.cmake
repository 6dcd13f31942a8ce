# The protocol's parts by themselves: transcript, trees, folds, parameters, statement, shape, forms.
sp_test(channel_tests LABELS unit SOURCES channel.c LIBS sp_core)
sp_test(protocol_tests LABELS unit
  SOURCES felts.c fri.c merkle.c params.c proof.c shape.c statement.c synthetic.c
  LIBS sp_prover sp_air)
sp_test(quotient_tests LABELS unit SOURCES quotient.c LIBS sp_core)
