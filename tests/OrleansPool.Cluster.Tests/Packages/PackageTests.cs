using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using OrleansPool.Cluster.Tests.Processes;

namespace OrleansPool.Cluster.Tests.Packages;

/// <summary>What is packed, and that it works outside of this repository.</summary>
public sealed class PackageTests(PackedRepository packed) : IClassFixture<PackedRepository>
{
    [Fact]
    public void Packages_carry_readme_licence_documentation_symbols_and_commit()
    {
        foreach (string id in PackedRepository.Libraries.Append(PackedRepository.Tool))
        {
            using ZipArchive package = ZipFile.OpenRead(packed.PackageOf(id));
            XElement metadata = Metadata(package);
            Assert.Equal(id, Value(metadata, "id"));
            Assert.Equal("MIT", Value(metadata, "license"));
            Assert.NotEmpty(Value(metadata, "description"));
            Assert.StartsWith($"# {id}", Text(package.GetEntry(Value(metadata, "readme"))!), StringComparison.Ordinal);
            XElement repository = metadata.Elements().Single(element => element.Name.LocalName == "repository");
            Assert.Matches("^[0-9a-f]{40}$", repository.Attribute("commit")!.Value);
            Assert.Null(repository.Attribute("url"));

            using ZipArchive symbols = ZipFile.OpenRead(packed.PackageOf(id, extension: "snupkg"));
            Assert.Contains(symbols.Entries, entry => entry.Name == $"{id}.pdb");
            if (id == PackedRepository.Tool) continue;
            Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.dll"));
            Assert.Contains($"<name>{id}</name>", Text(package.GetEntry($"lib/net10.0/{id}.xml")!), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_package_tells_the_remotes_address_with_its_secret()
    {
        string[] packages = Directory.GetFiles(packed.Feed);
        Assert.Equal(2 * (PackedRepository.Libraries.Length + 1), packages.Length); // each with its symbols
        foreach (string file in packages)
        {
            using ZipArchive package = ZipFile.OpenRead(file);
            foreach (ZipArchiveEntry entry in package.Entries)
            {
                byte[] bytes = Bytes(entry);
                Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(PackedRepository.Secret)) < 0, $"{file}: {entry.FullName}");
                Assert.True(bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(PackedRepository.Secret)) < 0, $"{file}: {entry.FullName}");
            }
        }
    }

    [Fact]
    public async Task What_is_in_a_package_is_the_same_wherever_it_was_built()
    {
        string folder = packed.FolderFor();
        string elsewhere = Path.Combine(folder, "a", "clone", "elsewhere");
        await PackedRepository.RunAsync(folder, "git", "clone", "--quiet", packed.Clone, elsewhere);
        await PackedRepository.RunAsync(elsewhere, "git", "remote", "set-url", "origin", "https://github.com/example/orleanspool.git");
        await PackedRepository.PackAsync(elsewhere, "OrleansPool.Abstractions", folder);

        // Of the archive only the times differ.
        foreach (string extension in new[] { "nupkg", "snupkg" })
        {
            string file = packed.PackageOf("OrleansPool.Abstractions", extension: extension);
            using ZipArchive here = ZipFile.OpenRead(file);
            using ZipArchive there = ZipFile.OpenRead(Path.Combine(folder, Path.GetFileName(file)));
            Assert.Equal(here.Entries.Select(entry => entry.FullName), there.Entries.Select(entry => entry.FullName));
            Assert.All(here.Entries, entry => Assert.True(Bytes(entry).AsSpan().SequenceEqual(Bytes(there.GetEntry(entry.FullName)!)), entry.FullName));
        }
    }

    [Fact]
    public async Task A_tree_with_changes_is_not_packed_unless_the_version_says_so()
    {
        string folder = packed.FolderFor();
        string clone = Path.Combine(folder, "clone");
        await PackedRepository.RunAsync(folder, "git", "clone", "--quiet", packed.Clone, clone);
        await File.WriteAllTextAsync(Path.Combine(clone, "src", "OrleansPool.Abstractions", "Forgotten.cs"), "// not committed\n");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => PackedRepository.PackAsync(clone, "OrleansPool.Abstractions", folder));
        Assert.Contains("Forgotten.cs", refused.Message, StringComparison.Ordinal);
        Assert.Contains("-p:AllowDirty=true", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder, "*.nupkg"));

        await PackedRepository.PackAsync(clone, "OrleansPool.Abstractions", folder, "-p:AllowDirty=true");
        Assert.Equal("OrleansPool.Abstractions.0.1.0-dirty.nupkg", Path.GetFileName(Assert.Single(Directory.GetFiles(folder, "*.nupkg"))));

        Directory.Delete(Path.Combine(clone, ".git"), recursive: true);
        refused = await Assert.ThrowsAsync<InvalidOperationException>(() => PackedRepository.PackAsync(clone, "OrleansPool.Abstractions", folder));
        Assert.Contains("git does not know", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_readmes_example_runs_from_packages()
    {
        const string project = "tests/OrleansPool.Packages";
        await packed.RunIsolatedAsync("dotnet", "build", project, "-c", "Release", "-v", "quiet", $"-p:RestoreConfigFile={packed.NuGetConfig}");
        string output = await packed.RunIsolatedAsync("dotnet", $"{project}/bin/Release/net10.0/OrleansPool.Packages.dll");

        Assert.Equal(
            [
                "frame: 20 bytes of pool 'frames', as they were",
                "orders: 1048576 bytes, next is 1",
                "lock: 100 bytes read, the first was 1",
                "stream: as they were",
                "local: 4096 bytes taken and returned, 1024 of 1024 blocks free",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void The_example_is_the_readmes()
    {
        string example = string.Concat(Directory.GetFiles(Path.Combine(Repository.Root, "tests", "OrleansPool.Packages"), "*.cs").Select(File.ReadAllText));
        HashSet<string> lines = [.. example.Split('\n').Select(line => line.Trim())];
        bool isCode = false;
        List<string> missing = [];
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "README.md")))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) isCode = line == "```csharp";

            // What the machine of a test does not have, and what the reader fills in.
            string expected = line.Trim().Replace("4GiB", "64MiB", StringComparison.Ordinal).Replace("64 << 20", "1 << 20", StringComparison.Ordinal);
            if (isCode && expected is not ("" or "..." or "```csharp") && !lines.Contains(expected)) missing.Add(expected);
        }

        Assert.Empty(missing);
    }

    [Fact]
    public async Task The_tool_is_installed_from_the_feed_and_runs()
    {
        string folder = packed.FolderFor();
        await packed.RunIsolatedAsync(
            "dotnet", "tool", "install", "OrleansPool.Cli", "--tool-path", folder, "--configfile", packed.NuGetConfig, "--version", "0.1.0");
        string help = await packed.RunIsolatedAsync(Path.Combine(folder, "orleanspool"), "--help");
        Assert.Contains("status", help, StringComparison.Ordinal);
        Assert.Contains("--gateway", help, StringComparison.Ordinal);
    }

    private static XElement Metadata(ZipArchive package) =>
        XDocument.Parse(Text(package.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)))).Root!.Elements().Single();

    private static string Value(XElement metadata, string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;

    private static string Text(ZipArchiveEntry entry) => Encoding.UTF8.GetString(Bytes(entry)).TrimStart('\uFEFF');

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
