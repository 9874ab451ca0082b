namespace ProcInterrupt.Bench;

/// <summary>The same loops, compiled once and loaded as they are and woven.</summary>
internal static class KernelSource
{
    public const string Text = """
        public static class Kernels
        {
            private static readonly object gate = new();
            private static readonly System.Threading.Lock newGate = new();
            private static long count;

            public static long Locked(int n) { for (int i = 0; i < n; i++) lock (gate) count++; return count & 0; }

            public static long NewLocked(int n) { for (int i = 0; i < n; i++) lock (newGate) count++; return count & 0; }

            public static long Awaited(int n) => Await(n, System.Threading.Tasks.Task.CompletedTask).Result;

            public static long AwaitedOfT(int n) => Await(n, System.Threading.Tasks.Task.FromResult(1L)).Result;

            public static long AwaitedValue(int n) => AwaitValue(n, new System.Threading.Tasks.ValueTask<long>(1L)).Result;

            public static long Results(int n) { var task = System.Threading.Tasks.Task.FromResult(1L); long s = 0; for (int i = 0; i < n; i++) s += task.Result; return s; }

            private static async System.Threading.Tasks.Task<long> Await(int n, System.Threading.Tasks.Task task) { long s = 0; for (int i = 0; i < n; i++) { await task; s += i; } return s; }

            private static async System.Threading.Tasks.Task<long> Await(int n, System.Threading.Tasks.Task<long> task) { long s = 0; for (int i = 0; i < n; i++) s += await task; return s; }

            private static async System.Threading.Tasks.Task<long> AwaitValue(int n, System.Threading.Tasks.ValueTask<long> task) { long s = 0; for (int i = 0; i < n; i++) s += await task; return s; }

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
