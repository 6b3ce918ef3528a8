using System.Globalization;

namespace OrleansPool;

/// <summary>Amounts of memory as people write them: <c>4096</c>, <c>64KiB</c>, <c>1.5 GiB</c>.</summary>
public static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] Units =
        [("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    /// <summary>Reads an amount.</summary>
    /// <exception cref="FormatException">The text is not an amount; the message shows how to write one.</exception>
    public static long Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out long bytes)
            ? bytes
            : throw new FormatException($"'{text}' is not an amount of memory: write a number and one of B, KiB, MiB, GiB, TiB, such as 256MiB.");
    }

    /// <summary>Reads an amount; false if the text is none.</summary>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        if (string.IsNullOrWhiteSpace(text)) return false;
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        long unitBytes = 1;
        foreach ((string unit, long size) in Units)
        {
            if (!number.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            number = number[..^unit.Length].TrimEnd();
            unitBytes = size;
            break;
        }

        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)) return false;
        if (value > long.MaxValue / unitBytes) return false;
        decimal total = value * unitBytes;
        if (total != decimal.Truncate(total)) return false;
        bytes = (long)total;
        return true;
    }

    /// <summary>Writes an amount in the largest unit that keeps it above one.</summary>
    public static string Format(long bytes)
    {
        foreach ((string unit, long size) in Units)
        {
            if (Math.Abs((decimal)bytes) < size) continue;
            return string.Create(CultureInfo.InvariantCulture, $"{(decimal)bytes / size:0.##} {unit}");
        }

        return "0 B";
    }
}
