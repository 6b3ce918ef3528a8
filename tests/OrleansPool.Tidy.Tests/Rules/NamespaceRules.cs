using System.Text.RegularExpressions;
using OrleansPool.Tidy.Tests.Sources;

namespace OrleansPool.Tidy.Tests.Rules;

/// <summary>Namespaces are folders, and each layer uses those that the design gives it.</summary>
internal static partial class NamespaceRules
{
    /// <summary>The parts of the core that the client may use.</summary>
    private static readonly string[] CoreInClient =
    [
        "Caching",   // the block cache is the same on both sides
        "Wire",      // frames are read and written on both sides
        "Placement", // one chooser for leases and for grains: a client chooses its lease's node with it
        "Arenas",    // a reservation in the client's own process is an arena, with the block sizes of any other
    ];

    [GeneratedRegex("""^\s*namespace\s+(?<name>[\w.]+)""", RegexOptions.Multiline)]
    private static partial Regex Declaration { get; }

    [GeneratedRegex("""^OrleansPool(\.\w+)*\.(Orleans|Memory)(\.|$)""")]
    private static partial Regex Shadowing { get; }

    /// <remarks>What stands at the start of a name: a namespace, or a part of one after <c>OrleansPool</c>. A safe handle is how the spill
    /// file's mapping holds its file.</remarks>
    [GeneratedRegex("""(?<![\w.])(Orleans\.\w+|using\s+Orleans\s*;|System\.Net\b|Microsoft\.(?!Win32\.SafeHandles)\w+|(OrleansPool\.)?(Server|Client|Transport)\.\w+)""")]
    private static partial Regex OutsideCore { get; }

    [GeneratedRegex("""\b(I\w+Grain|IGrainFactory|IClusterClient|GrainId)\b""")]
    private static partial Regex OrleansRuntime { get; }

    [GeneratedRegex("""(?<![\w.])(OrleansPool\.)?Core\.(?<part>\w+)""")]
    private static partial Regex CorePart { get; }

    public static IEnumerable<Violation> Folders(IEnumerable<ProjectFile> projects, IReadOnlyCollection<SourceFile> files)
    {
        foreach (ProjectFile project in projects)
        {
            foreach (SourceFile file in files.Where(file => file.IsCode && file.IsIn(project.Folder)))
            {
                Match declared = Declaration.Match(file.Code);
                string expected = Expected(project, file);
                if (!declared.Success && file.Name != "Program.cs") yield return file.Whole($"it declares no namespace; its folder says {expected}");
                if (!declared.Success) continue;
                string name = declared.Groups["name"].Value;
                if (name != expected) yield return file.At(declared.Groups["name"].Index, $"the namespace is {name}; its folder says {expected}");
            }
        }
    }

    /// <summary>A namespace Orleans would hide Orleans itself, and one called Memory would stand in the way of Memory&lt;T&gt;.</summary>
    public static IEnumerable<Violation> Names(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCode
        from match in Declaration.Matches(file.Code)
        where Shadowing.IsMatch(match.Groups["name"].Value)
        select file.At(match.Groups["name"].Index, $"{match.Groups["name"].Value} hides a name that everyone uses");

    /// <summary>
    /// The core uses the base library, itself, and what the abstractions hold: ids, options, errors, and the values that grains carry, for these are
    /// what its state machines take and yield. It knows no grain; of the address of a silo it knows only that it names one.
    /// </summary>
    public static IEnumerable<Violation> Core(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCode && file.IsIn("src/OrleansPool.Core")
        from violation in file.WhereCode(OutsideCore, "the core does not use it").Concat(file.WhereCode(OrleansRuntime, "the core knows no grain"))
        select violation;

    public static IEnumerable<Violation> Client(IEnumerable<SourceFile> files) => CoreParts(files, "src/OrleansPool.Client", CoreInClient);

    public static IEnumerable<Violation> Transport(IEnumerable<SourceFile> files) => CoreParts(files, "src/OrleansPool.Transport", ["Wire"]);

    private static IEnumerable<Violation> CoreParts(IEnumerable<SourceFile> files, string folder, string[] allowed) =>
        from file in files
        where file.IsCode && file.IsIn(folder)
        from match in CorePart.Matches(file.Code)
        where !allowed.Contains(match.Groups["part"].Value)
        select file.At(match.Index, $"{folder} may use of the core only {string.Join(", ", allowed)}, not {match.Groups["part"].Value}");

    private static string Expected(ProjectFile project, SourceFile file)
    {
        string inProject = file.Folder.Length == project.Folder.Length ? "" : file.Folder[(project.Folder.Length + 1)..];

        // An application needs one using; only the grain interfaces, which it never calls itself, have their own.
        if (project.Name == "OrleansPool.Abstractions" && inProject != "Grains") inProject = "";
        return inProject.Length == 0 ? project.RootNamespace : $"{project.RootNamespace}.{inProject.Replace('/', '.')}";
    }
}
