namespace ProcInterrupt.Bench;

/// <summary>The same loops, compiled once and loaded as they are and woven.</summary>
internal static class KernelSource
{
    public const string Text = """
        public static class Kernels
        {
            public static long Sum(int n) { long s = 0; for (int i = 0; i < n; i++) s += i ^ (s >> 3); return s; }

            public static long While(int n) { long s = 0; int i = 0; while (true) { s += i; if (++i >= n) break; s ^= i; } return s; }

            public static int Sieve(int n)
            {
                var composite = new bool[n + 1];
                int count = 0;
                for (int i = 2; i <= n; i++)
                {
                    if (composite[i]) continue;
                    count++;
                    for (long j = (long)i * i; j <= n; j += i) composite[j] = true;
                }

                return count;
            }

            public static double Matrix(int n)
            {
                var a = new double[n * n]; var b = new double[n * n]; var c = new double[n * n];
                for (int i = 0; i < a.Length; i++) { a[i] = i % 7; b[i] = i % 5; }
                for (int i = 0; i < n; i++)
                    for (int k = 0; k < n; k++)
                    {
                        double x = a[i * n + k];
                        for (int j = 0; j < n; j++) c[i * n + j] += x * b[k * n + j];
                    }

                return c[n + 1];
            }

            public static int Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2);

            public static int Bytes(int n)
            {
                var data = new byte[4096];
                int sum = 0;
                for (int turn = 0; turn < n; turn++)
                    foreach (var b in data) sum += b;
                return sum;
            }
        }
        """;
}
