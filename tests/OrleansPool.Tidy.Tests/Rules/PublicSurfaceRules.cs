using System.Text.RegularExpressions;
using OrleansPool.Tidy.Tests.Sources;

namespace OrleansPool.Tidy.Tests.Rules;

/// <summary>Every library keeps a record of its public surface, in an order in which two changes rarely meet.</summary>
internal static partial class PublicSurfaceRules
{
    private const string Nullable = "#nullable enable";

    private static readonly string[] Records = ["PublicAPI.Shipped.txt", "PublicAPI.Unshipped.txt"];

    /// <summary>Where no type is for applications: each is public because another assembly of ours, or Orleans, uses it.</summary>
    private static readonly string[] NotForApplications = ["src/OrleansPool.Core", "src/OrleansPool.Abstractions/Grains"];

    [GeneratedRegex("""^public\s[^;(]*?\b(?:class|struct|record|interface|enum)\s""", RegexOptions.Multiline)]
    private static partial Regex PublicType { get; }

    [GeneratedRegex("""^\[EditorBrowsable\(EditorBrowsableState\.Never\)\]""", RegexOptions.Multiline)]
    private static partial Regex Hidden { get; }

    /// <summary>Editors do not offer to applications what is not for them.</summary>
    public static IEnumerable<Violation> Offered(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCode && NotForApplications.Any(file.IsIn)
        from violation in file.WhereCode(PublicType, "not for applications: make it internal, or [EditorBrowsable(EditorBrowsableState.Never)] with a remark")
        where !Hidden.IsMatch(file.Code)
        select violation;

    public static IEnumerable<Violation> Kept(IEnumerable<ProjectFile> projects, IReadOnlyCollection<SourceFile> files)
    {
        foreach (ProjectFile library in projects.Where(project => project.File.IsIn("src") && project.Property("OutputType") is null))
        {
            if (library.Property("HasPublicApi") != "true") yield return library.File.Whole("a library has <HasPublicApi>true</HasPublicApi>");
            foreach (string record in Records.Where(record => files.All(file => file.Path != $"{library.Folder}/{record}")))
            {
                yield return library.File.Whole($"no {record} stands beside it");
            }
        }
    }

    public static IEnumerable<Violation> Sorted(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files.Where(file => Records.Contains(file.Name)))
        {
            string[] lines = file.Text.TrimEnd('\n').Split('\n');
            if (lines[0] != Nullable) yield return new(file.Path, 1, $"it begins with {Nullable}");
            for (int i = 2; i < lines.Length; i++)
            {
                if (string.CompareOrdinal(lines[i - 1], lines[i]) >= 0) yield return new(file.Path, i + 1, "the line above belongs below");
            }
        }
    }
}
