namespace OrleansPool;

/// <summary>What the names of pools and regions may be.</summary>
public static class PoolNames
{
    /// <summary>The pool that always exists.</summary>
    public const string Default = "default";

    /// <summary>Longest name of a pool in characters: letters, digits, '-', '_' and '.'.</summary>
    public const int PoolLengthMax = 64;

    /// <summary>Longest name of a region in characters; any but control characters.</summary>
    public const int RegionLengthMax = 512;

    /// <summary>Throws unless the text may name a pool.</summary>
    /// <exception cref="ArgumentException">It may not; the message says why.</exception>
    public static void ValidatePool(string? name, string parameter = "pool")
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        if (name.Length > PoolLengthMax)
        {
            throw new ArgumentException($"A pool's name has at most {PoolLengthMax} characters; this one has {name.Length}.", parameter);
        }

        foreach (char c in name)
        {
            if (!IsInPoolName(c))
            {
                throw new ArgumentException($"The pool name '{name}' contains '{c}': use ASCII letters, digits, '-', '_' and '.'.", parameter);
            }
        }
    }

    /// <summary>Whether the text may name a pool.</summary>
    internal static bool IsPool(string name) => name.Length is > 0 and <= PoolLengthMax && name.All(IsInPoolName);

    /// <summary>Throws unless the text may name a region.</summary>
    /// <exception cref="ArgumentException">It may not; the message says why.</exception>
    public static void ValidateRegion(string? name, string parameter = "name")
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        if (name.Length > RegionLengthMax)
        {
            throw new ArgumentException($"A region's name has at most {RegionLengthMax} characters; this one has {name.Length}.", parameter);
        }

        foreach (char c in name)
        {
            if (char.IsControl(c))
            {
                throw new ArgumentException($"A region's name has no control characters; this one has U+{(int)c:X4}.", parameter);
            }
        }
    }

    private static bool IsInPoolName(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
}
