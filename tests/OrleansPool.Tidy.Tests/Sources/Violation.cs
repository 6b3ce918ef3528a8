namespace OrleansPool.Tidy.Tests.Sources;

/// <summary>A place where a rule is broken.</summary>
/// <param name="Path">The file or folder, from the repository's root.</param>
/// <param name="Line">The line, from 1; 0 where the whole file is meant.</param>
/// <param name="What">What is wrong there.</param>
public sealed record Violation(string Path, int Line, string What)
{
    public override string ToString() => Line == 0 ? $"{Path}: {What}" : $"{Path}:{Line}: {What}";
}
