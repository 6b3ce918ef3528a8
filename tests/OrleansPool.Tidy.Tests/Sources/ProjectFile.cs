using System.Xml;
using System.Xml.Linq;

namespace OrleansPool.Tidy.Tests.Sources;

/// <summary>A project of the repository, as its file declares it.</summary>
public sealed class ProjectFile
{
    private readonly XDocument _xml;

    public ProjectFile(SourceFile file)
    {
        File = file;
        _xml = XDocument.Parse(file.Text, LoadOptions.SetLineInfo);
    }

    public SourceFile File { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(File.Name);

    public string Folder => File.Folder;

    public bool Ships => !File.IsTest;

    public string RootNamespace => Property("RootNamespace") ?? Name;

    public static IReadOnlyList<ProjectFile> In(IEnumerable<SourceFile> files) =>
        [.. files.Where(file => file.Name.EndsWith(".csproj", StringComparison.Ordinal)).Select(file => new ProjectFile(file))];

    public string? Property(string name) => _xml.Descendants(name).FirstOrDefault()?.Value;

    /// <summary>The items of a kind: what each includes, and its line.</summary>
    public IEnumerable<(string Include, int Line)> Items(string kind) =>
        _xml.Descendants(kind).Select(item => (item.Attribute("Include")?.Value ?? "", ((IXmlLineInfo)item).LineNumber));

    /// <summary>The names of the projects it refers to.</summary>
    public IEnumerable<(string Name, int Line)> References() =>
        Items("ProjectReference").Select(item => (System.IO.Path.GetFileNameWithoutExtension(item.Include.Replace('\\', '/')), item.Line));
}
