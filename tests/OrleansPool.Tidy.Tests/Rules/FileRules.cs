using System.Text.RegularExpressions;
using OrleansPool.Tidy.Tests.Sources;

namespace OrleansPool.Tidy.Tests.Rules;

/// <summary>Small files, each with one idea and its name.</summary>
internal static partial class FileRules
{
    /// <summary>The most lines of a file.</summary>
    private const int LineCountMax = 450;

    /// <summary>What most files stay under.</summary>
    private const int LineCountMostly = 250;

    /// <summary>How many are most of them.</summary>
    private const int MostlyPercent = 90;

    /// <remarks>Namespaces are file-scoped and the format is checked, so a type of its own begins a line.</remarks>
    [GeneratedRegex(
        """
        ^(?<modifiers>(?:(?:public|internal|file|sealed|static|abstract|partial|readonly|ref|unsafe)\s+)*)
        (?:(?:class|struct|interface|enum|record\s+struct|record\s+class|record)\s+(?<name>\w+)|delegate\s+[^;(]*?(?<name>\w+)(?:<[^<>]*>)?\s*\()
        """,
        RegexOptions.Multiline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex TopLevelType { get; }

    [GeneratedRegex("""(?:Common|Utils?|Utilit(?:y|ies)|Helpers?|Managers?|Misc)(?![a-z])|^(?:common|utils?|helpers?|managers?|misc)(?![a-z])""")]
    private static partial Regex SaysNothing { get; }

    public static IEnumerable<Violation> Sizes(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCode && file.LineCount > LineCountMax
        select file.Whole($"{file.LineCount} lines; a file has at most {LineCountMax}");

    public static IEnumerable<Violation> MostSizes(IReadOnlyCollection<SourceFile> files)
    {
        SourceFile[] code = [.. files.Where(file => file.IsCode)];
        SourceFile[] large = [.. code.Where(file => file.LineCount > LineCountMostly)];
        return large.Length * 100 <= code.Length * (100 - MostlyPercent)
            ? []
            : large.Select(file => file.Whole($"{file.LineCount} lines; at least {MostlyPercent} % of the files have at most {LineCountMostly}"));
    }

    /// <summary>
    /// One public type a file, and the file is called after it. A small internal type that only this one uses may stand beside it. X.Log.cs holds the
    /// log messages of X; a file with a program has no type.
    /// </summary>
    public static IEnumerable<Violation> Types(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files.Where(file => file.IsCode))
        {
            Match[] types = TopLevelType.Matches(file.Code).ToArray();
            Match[] publics = [.. types.Where(type => type.Groups["modifiers"].Value.Contains("public", StringComparison.Ordinal))];
            foreach (Match type in publics.Skip(1)) yield return file.At(type.Index, $"{type.Groups["name"].Value} is a second public type in one file");
            string name = file.Name.Replace(".Log.cs", ".cs", StringComparison.Ordinal)[..^".cs".Length];
            if (types.Length == 0 && name == "Program") continue;
            string[] names = [.. (publics.Length > 0 ? publics[..1] : types).Select(type => type.Groups["name"].Value)];
            if (!names.Contains(name)) yield return file.Whole($"the file is called after none of its types: {string.Join(", ", names)}");
        }
    }

    public static IEnumerable<Violation> Names(IEnumerable<SourceFile> files) =>
        from file in files
        let said = file.Path.Split('/', '.').FirstOrDefault(SaysNothing.IsMatch)
        where said is not null
        select file.Whole($"'{said}' says nothing about what is inside");
}
