using System.Globalization;

namespace OrleansPool.Cli.Commands;

/// <summary>Durations as people write them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>1h</c>.</summary>
internal static class DurationText
{
    private static readonly (string Unit, TimeSpan Span)[] Units =
        [("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1))];

    public static TimeSpan Parse(string text)
    {
        foreach ((string unit, TimeSpan span) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
                && value * span.TotalDays < TimeSpan.MaxValue.TotalDays)
            {
                return value * span;
            }
        }

        throw new FormatException($"'{text}' is not a duration: write a number and one of ms, s, m, h, such as 30s.");
    }
}
