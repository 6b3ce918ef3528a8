namespace OrleansPool.Tidy.Tests.Sources;

/// <summary>The repository's files: everything in its folder but what git ignores.</summary>
public static class SourceTree
{
    private static readonly string[] TextExtensions =
    [
        "", ".config", ".cpp", ".cs", ".csproj", ".css", ".editorconfig", ".gitattributes", ".gitignore", ".globalconfig", ".html", ".js", ".json",
        ".md", ".props", ".razor", ".sh", ".sln", ".targets", ".txt", ".yaml", ".yml",
    ];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<SourceFile> Files { get; } = Read();

    public static IReadOnlyList<ProjectFile> Projects { get; } = ProjectFile.In(Files);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OrleansPool.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("These tests run from inside the repository.");
    }

    private static List<SourceFile> Read()
    {
        string[] ignored = [".git", .. File.ReadLines(Path.Combine(Root, ".gitignore")).Select(line => line.Trim().TrimEnd('/').TrimStart('*'))];
        List<SourceFile> files = [];
        Read(new DirectoryInfo(Root), ignored, files);
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files;
    }

    private static void Read(DirectoryInfo folder, string[] ignored, List<SourceFile> files)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            if (ignored.Contains(entry.Name) || ignored.Contains(entry.Extension)) continue;
            if (entry is DirectoryInfo inner)
            {
                Read(inner, ignored, files);
            }
            else
            {
                bool isText = TextExtensions.Contains(entry.Extension);
                files.Add(new(Path.GetRelativePath(Root, entry.FullName).Replace('\\', '/'), isText ? File.ReadAllText(entry.FullName) : ""));
            }
        }
    }
}
