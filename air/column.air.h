/* column.air.h - the constraints on the interaction columns, and on the merge columns.
 *
 * An evaluator adds to logup.air.h: air_prod(cx, k), air_sum(cx, k) (interaction columns at this
 * row), air_prod_before(cx), air_sum_before(cx) (the last of each at the row before),
 * air_claim_prod(cx), air_claim_sum(cx), and air_zero_ef(cx, x, text). */

/* q_k W = q_(k-1) R. To the left of column 0 stands P = the last column at the row before, made 1
 * at row 0: there P must be the claimed product C (air_pairs_end), and P + (1 - C) = 1. */
AIR_FN void air_product_column(air_cx *cx, unsigned k, ef r, ef w)
{
    ef left;
    if (k == 0) {
        const ef one_less = ef_sub_fe(air_claim_prod(cx), fe_const(1)); /* C - 1 */
        left = ef_sub(air_prod_before(cx), ef_mul_fe(one_less, air_is_first(cx)));
    } else {
        left = air_prod(cx, k - 1);
    }
    air_zero_ef(cx, ef_sub(ef_mul(air_prod(cx, k), w), ef_mul(left, r)),
                "a product column does not multiply by R / W of its pairs");
}
AIR_FN void air_pairs_end(air_cx *cx)
{
    air_product_column(cx, cx->pair.k++, cx->pair.r, cx->pair.w);
    air_zero_ef(cx, ef_mul_fe(ef_sub(air_prod_before(cx), air_claim_prod(cx)), air_is_first(cx)),
                "the product over all rows is not the claimed one");
}

/* (s_k - s_(k-1)) = n0/d0 + n1/d1, that is d1 (step d0 - n0) = n1 d0. The last column also adds up
 * over the rows: less its value at the row before, where at row 0 the claimed sum S counts as 0;
 * then the sum over all rows is S. */
AIR_FN void air_sum_column(air_cx *cx, unsigned k, const air_open_sum *s, bool last)
{
    ef step = air_sum(cx, k);
    if (k) step = ef_sub(step, air_sum(cx, k - 1));
    if (last)
        step = ef_sub(step,
                      ef_sub(air_sum_before(cx), ef_mul_fe(air_claim_sum(cx), air_is_first(cx))));
    ef x = air_num_from(ef_mul(step, s->den[0]), &s->num[0]);
    if (s->n_open == 2) x = ef_sub(ef_mul(x, s->den[1]), air_num_mul(&s->num[1], s->den[0]));
    air_zero_ef(cx, x, "a sum column does not add the fractions of its lookups");
}
AIR_FN void air_lookups_end(air_cx *cx) { air_close_sum(cx, true); }

AIR_FN void air_merge2(air_cx *cx, const air_merged *m, unsigned c, const char *text)
{
    (void)c;
    air_note_merge(cx, m, c, c);
    air_zero(cx, fe_sub(m->c, air_merge_product(m)), text);
}
AIR_FN void air_merge3(air_cx *cx, const air_merged *m, unsigned c, unsigned d, const char *text_c,
                       const char *text_d)
{
    (void)c;
    (void)d;
    air_note_merge(cx, m, c, d);
    air_zero(cx, fe_sub(m->c, air_merge_pairs(m)), text_c);
    air_zero(cx, fe_sub(m->d, air_merge_product(m)), text_d);
}
