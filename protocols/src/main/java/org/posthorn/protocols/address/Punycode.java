package org.posthorn.protocols.address;

/** The encoding of U-labels in ASCII (RFC 3492). */
final class Punycode {

    private static final int BASE = 36;
    private static final int T_MIN = 1;
    private static final int T_MAX = 26;
    private static final int SKEW = 38;
    private static final int DAMP = 700;
    private static final int INITIAL_BIAS = 72;
    private static final int INITIAL_N = 128;

    private Punycode() {
    }

    /**
     * Encodes one label, without the {@code xn--} in front (RFC 3492 section 6.3).
     *
     * @param label in lower case; what it encodes to may be longer than a label may be
     */
    static String encode(String label) {
        var input = label.codePoints().toArray();
        var output = new StringBuilder();
        for (var codePoint : input) {
            if (codePoint < INITIAL_N) {
                output.append((char) codePoint);
            }
        }
        var basic = output.length();
        if (basic > 0) {
            output.append('-');
        }
        var handled = basic;
        var n = INITIAL_N;
        var delta = 0;
        var bias = INITIAL_BIAS;
        while (handled < input.length) {
            var next = Integer.MAX_VALUE;
            for (var codePoint : input) {
                if (codePoint >= n && codePoint < next) {
                    next = codePoint;
                }
            }
            delta = Math.addExact(delta, Math.multiplyExact(next - n, handled + 1));
            n = next;
            for (var codePoint : input) {
                if (codePoint < n) {
                    delta++;
                } else if (codePoint == n) {
                    appendNumber(output, delta, bias);
                    bias = adapt(delta, handled + 1, handled == basic);
                    delta = 0;
                    handled++;
                }
            }
            delta++;
            n++;
        }
        return output.toString();
    }

    private static void appendNumber(StringBuilder output, int delta, int bias) {
        var rest = delta;
        for (var k = BASE;; k += BASE) {
            var threshold = Math.clamp(k - bias, T_MIN, T_MAX);
            if (rest < threshold) {
                output.append(digit(rest));
                return;
            }
            output.append(digit(threshold + (rest - threshold) % (BASE - threshold)));
            rest = (rest - threshold) / (BASE - threshold);
        }
    }

    private static char digit(int value) {
        return (char) (value < 26 ? 'a' + value : '0' + value - 26);
    }

    private static int adapt(int delta, int points, boolean first) {
        var scaled = first ? delta / DAMP : delta / 2;
        scaled += scaled / points;
        var k = 0;
        while (scaled > (BASE - T_MIN) * T_MAX / 2) {
            scaled /= BASE - T_MIN;
            k += BASE;
        }
        return k + (BASE - T_MIN + 1) * scaled / (scaled + SKEW);
    }
}
