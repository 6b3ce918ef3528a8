using System.Text.RegularExpressions;

namespace OrleansPool.Tidy.Tests.Sources;

/// <summary>One file of the repository.</summary>
/// <param name="path">Its path from the root, with <c>/</c>.</param>
/// <param name="text">Its text; empty for what is no text.</param>
public sealed class SourceFile(string path, string text)
{
    private string? _code;

    public string Path => path;

    public string Text => text;

    /// <summary>The text of a C# file without its comments and literals, with every character where it was.</summary>
    public string Code => _code ??= CodeText.Of(text);

    /// <summary>The folder, from the root; empty for the root itself.</summary>
    public string Folder => path.LastIndexOf('/') is > 0 and var end ? path[..end] : "";

    public string Name => path[(path.LastIndexOf('/') + 1)..];

    public bool IsCode => path.EndsWith(".cs", StringComparison.Ordinal);

    /// <summary>True for a test project's file: it never ships.</summary>
    public bool IsTest => IsIn("tests");

    /// <summary>True for a file that is part of the rules themselves: they name what they forbid.</summary>
    public bool IsRule => IsIn("tests/OrleansPool.Tidy.Tests");

    public int LineCount => text.Length == 0 ? 0 : text.Count(c => c == '\n') + (text.EndsWith('\n') ? 0 : 1);

    public bool IsIn(string folder) => path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>A violation wherever the code, without comments and literals, says something.</summary>
    public IEnumerable<Violation> WhereCode(Regex says, string what) => Where(Code, says, what);

    /// <summary>A violation wherever the text says something.</summary>
    public IEnumerable<Violation> WhereText(Regex says, string what) => Where(text, says, what);

    public Violation At(int index, string what) => new(path, 1 + text.AsSpan(0, index).Count('\n'), what);

    public Violation Whole(string what) => new(path, 0, what);

    private IEnumerable<Violation> Where(string within, Regex says, string what) =>
        says.Matches(within).Select(match => At(match.Index, $"'{OneLine(match.Value)}': {what}"));

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
