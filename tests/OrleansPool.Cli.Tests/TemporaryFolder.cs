namespace OrleansPool.Cli.Tests;

/// <summary>A folder of one test, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("orleanspool-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file of random bytes.</summary>
    public async Task<byte[]> WriteAsync(string name, int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(File(name))!);
        await System.IO.File.WriteAllBytesAsync(File(name), bytes);
        return bytes;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
