using System.Reflection;

namespace OrleansPool.Simulation.Stories;

/// <summary>All stories: what may happen to a cluster, told step by step, each with what must come of it.</summary>
internal static class StoryBook
{
    private const BindingFlags Declared = BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly;

    /// <summary>The stories, in the order of their names.</summary>
    public static IReadOnlyList<ToldStory> Stories { get; } =
    [
        .. typeof(StoryBook).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(StoryBook).Namespace)
            .SelectMany(type => type.GetMethods(Declared))
            .SelectMany(static method => ParticularsOf(method).Select(particulars => new ToldStory(NameOf(method, particulars), method, particulars)))
            .OrderBy(static story => story.Name, StringComparer.Ordinal),
    ];

    private static IEnumerable<object[]> ParticularsOf(MethodInfo method)
    {
        if (method.GetCustomAttribute<ToldForAttribute>() is { } rows) return (IEnumerable<object[]>)method.DeclaringType!.GetMethod(rows.Rows)!.Invoke(null, null)!;
        return method.GetCustomAttributes<ToldAttribute>().Select(static told => told.Particulars.ToArray());
    }

    private static string NameOf(MethodInfo method, object[] particulars)
    {
        string about = method.DeclaringType!.Name.Replace("Stories", "", StringComparison.Ordinal);
        return particulars.Length == 0 ? $"{about}: {method.Name}" : $"{about}: {method.Name} ({string.Join(", ", particulars)})";
    }
}
