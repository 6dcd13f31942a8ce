# Proofs that must be rejected: the verifier's checks, hostile provers, forms, flips. The verifier is
# built a second time so that a single check can be left out.
add_library(verifier_skip STATIC ${CMAKE_SOURCE_DIR}/verifier/verify.c)
target_compile_definitions(verifier_skip PRIVATE SP_VERIFY_SKIP verify=verify_skip)
target_link_libraries(verifier_skip PUBLIC sp_verifier)
add_library(hostile_prover STATIC hostile_prover.c)
target_link_libraries(hostile_prover PUBLIC soundness_scene sp_prover sp_verifier verifier_skip)

sp_test(verifier_checks LABELS soundness proofs SOURCES verifier_checks.c LIBS hostile_prover)
sp_test(hostile_proofs LABELS soundness proofs SOURCES hostile_proofs.c LIBS hostile_prover)
sp_test(verifier_form LABELS soundness SOURCES verifier_form.c LIBS hostile_prover)
target_compile_definitions(verifier_form PRIVATE SP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
sp_test(verifier_flips LABELS soundness SOURCES verifier_flips.c LIBS hostile_prover)

# tests/vectors/ is made by gen_vectors; the test reads the files.
set(tools ${CMAKE_SOURCE_DIR}/tools)
add_executable(gen_vectors ${tools}/gen_vectors.c ${tools}/chain_vectors.c ${tools}/vectors.c)
target_link_libraries(gen_vectors PRIVATE hostile_prover)
sp_test(verifier_vectors LABELS soundness SOURCES verifier_vectors.c LIBS hostile_prover sp_jobs)
target_compile_definitions(verifier_vectors PRIVATE SP_VECTORS="${CMAKE_SOURCE_DIR}/tests/vectors")

# The hostile traces as proofs: the judges of scene.h exchanged for a prover and the verifier.
sp_test(hostile_traces LABELS soundness proofs
  SOURCES hostile_memory.c hostile_program.c hostile_public.c hostile_traces.c LIBS hostile_prover)
target_compile_definitions(hostile_traces PRIVATE scene_rejected=proof_rejected
  scene_unbalanced=proof_unbalanced)
