using System.CommandLine;
using System.CommandLine.Parsing;

namespace OrleansPool.Cli.Commands;

/// <summary>
/// Options and arguments whose text is checked while the command line is parsed: what is wrong is told before anything is begun, with
/// the option, the value and the rule.
/// </summary>
internal static class Values
{
    /// <summary>Most bytes of one block or operation; every one under way has a buffer of its own.</summary>
    public const int BlockBytesMax = 64 << 20;

    public static Option<T> Option<T>(string name, string description, string byDefault, Func<string, T> read) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => read(byDefault),
        CustomParser = result => Read(result, name, read),
    };

    public static Argument<T> Argument<T>(string name, string description, Func<string, T> read) => new(name)
    {
        Description = description,
        CustomParser = result => Read(result, name, read),
    };

    public static long Bytes(string text) => ByteSize.Parse(text) is > 0 and var bytes
        ? bytes
        : throw new FormatException($"'{text}' is too little: write an amount of memory above zero, such as 64KiB.");

    public static int BlockBytes(string text) => Bytes(text) is <= BlockBytesMax and var bytes
        ? (int)bytes
        : throw new FormatException($"'{text}' is too much: at most {ByteSize.Format(BlockBytesMax)}.");

    public static TimeSpan Duration(string text, TimeSpan min, TimeSpan max)
    {
        TimeSpan duration = DurationText.Parse(text);
        return duration >= min && duration <= max
            ? duration
            : throw new FormatException($"'{text}' is out of its limits: from {min:g} to {max:g} (days:hours:minutes:seconds).");
    }

    public static int Count(string text, int max) => int.TryParse(text, out int count) && count > 0 && count <= max
        ? count
        : throw new FormatException($"'{text}' is not a count: write a whole number from 1 to {max}.");

    /// <summary>Reads every text that an option was given.</summary>
    public static T[] ReadAll<T>(ArgumentResult result, string name, Func<string, T> read)
    {
        try
        {
            return [.. result.Tokens.Select(token => read(token.Value))];
        }
        catch (FormatException e)
        {
            result.AddError($"{name}: {e.Message}");
            return [];
        }
    }

    private static T? Read<T>(ArgumentResult result, string name, Func<string, T> read) => ReadAll(result, name, read).SingleOrDefault();
}
