namespace ProcInterrupt.Bench;

/// <summary>How figures are printed.</summary>
internal static class Report
{
    public static void Line(string text) => Console.Out.WriteLine(text);

    public static void Title(string text) => Line($"\n{text}");

    public static void Percentiles(string what, IEnumerable<double> micros, string goal)
    {
        var sorted = micros.Order().ToArray();
        Line($"  {what,-52} p50 {At(sorted, 0.50),9:F1} us   p99 {At(sorted, 0.99),9:F1} us   max {sorted[^1],9:F1} us   n {sorted.Length}   [{goal}]");
    }

    public static void Ratio(string what, double value, double baseline, string unit, string goal) =>
        Line($"  {what,-52} {value,9:F2} {unit} against {baseline,9:F2} {unit} = {value / baseline:F2}x   [{goal}]");

    public static double Median(IEnumerable<double> values) => At([.. values.Order()], 0.5);

    private static double At(double[] sorted, double fraction) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * fraction))];
}
