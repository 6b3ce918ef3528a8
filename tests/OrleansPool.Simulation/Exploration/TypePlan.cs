using System.Linq.Expressions;
using System.Reflection;
using OrleansPool.Core;

namespace OrleansPool.Simulation.Exploration;

/// <summary>How the fields of one type are read.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Seed">Stands for the type.</param>
/// <param name="Plain">Fields that are numbers.</param>
/// <param name="Ticks">Fields that are moments, and what of them matters.</param>
/// <param name="Others">All others, and whether they are values.</param>
internal sealed record TypePlan(
    TypeKind Kind, ulong Seed, Func<object, ulong>[] Plain, (Func<object, ulong> Read, MomentKind Kind)[] Ticks, (Func<object, object?> Read, bool IsValue)[] Others)
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly TypePlan Nothing = new(TypeKind.Nothing, 0, [], [], []);

    /// <summary>The plan of a type, made once.</summary>
    public static TypePlan Of(Type type, Dictionary<Type, TypePlan> known, HashSet<Type> skipped, HashSet<string> scratch)
    {
        if (known.TryGetValue(type, out TypePlan? plan)) return plan;
        plan = skipped.Contains(type) ? Nothing : Make(type, scratch);
        known.Add(type, plan);
        return plan;
    }

    private static TypePlan Make(Type type, HashSet<string> scratch)
    {
        if (type.IsPrimitive || type.IsEnum) return new TypePlan(TypeKind.Value, 3, [ToPlain(type, self => Expression.Convert(self, type), type)], [], []);
        bool isOfSystem = type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true;
        if (isOfSystem && !type.IsValueType) throw new NotSupportedException($"A fingerprint cannot read {type}.");
        var plain = new List<Func<object, ulong>>();
        var ticks = new List<(Func<object, ulong>, MomentKind)>();
        var others = new List<(Func<object, object?>, bool)>();
        for (Type? level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            foreach (FieldInfo field in level.GetFields(Own))
            {
                if (field.FieldType.IsPointer || scratch.Contains(field.Name) || typeof(Delegate).IsAssignableFrom(field.FieldType)) continue;
                string name = $"{level.Name}.{NameOf(field)}";
                if (!Moments.Counts(name)) continue;
                if (IsPlain(field.FieldType)) AddPlain(field, name);
                else others.Add((ToObject(field), field.FieldType.IsValueType || field.FieldType == typeof(string)));
            }
        }

        bool isRecord = type.GetMethod("<Clone>$") is not null;
        TypeKind kind = type.IsValueType ? TypeKind.Value : isRecord ? TypeKind.Record : TypeKind.Object;
        return new TypePlan(kind, Fingerprint.Mix(System.Runtime.InteropServices.MemoryMarshal.AsBytes(type.Name.AsSpan())), [.. plain], [.. ticks], [.. others]);

        void AddPlain(FieldInfo field, string name)
        {
            Func<object, ulong> read = ToPlain(type, self => Expression.Field(Expression.Convert(self, field.DeclaringType!), field), field.FieldType);
            if (field.FieldType == typeof(Tick) || name is "PeerLink._heldUntil" or "Authority._validUntil") ticks.Add((read, Moments.KindOf(name)));
            else plain.Add(read);
        }
    }

    /// <summary>The name of a field, or of the property that it is behind.</summary>
    private static string NameOf(FieldInfo field) => field.Name[0] == '<' ? field.Name[1..field.Name.IndexOf('>')] : field.Name;

    private static bool IsPlain(Type type) => (type.IsPrimitive && type != typeof(double) && type != typeof(float)) || type.IsEnum || OnlyField(type) is not null;

    /// <summary>The one number that a small struct wraps, as a moment or an id does.</summary>
    private static FieldInfo? OnlyField(Type type)
    {
        if (!type.IsValueType || type.IsPrimitive || type.IsEnum) return null;
        FieldInfo[] fields = type.GetFields(Own);
        return fields is [var only] && only.FieldType.IsPrimitive && only.FieldType != typeof(double) ? only : null;
    }

    private static Func<object, ulong> ToPlain(Type owner, Func<Expression, Expression> read, Type type)
    {
        ParameterExpression self = Expression.Parameter(typeof(object));
        Expression value = read(self);
        if (OnlyField(type) is { } only) value = Expression.Field(value, only);
        if (value.Type.IsEnum) value = Expression.Convert(value, Enum.GetUnderlyingType(value.Type));
        Expression number = value.Type == typeof(bool) ? Expression.Condition(value, Expression.Constant(1UL), Expression.Constant(0UL))
            : value.Type == typeof(double) ? Expression.Call(typeof(BitConverter).GetMethod(nameof(BitConverter.DoubleToUInt64Bits))!, value)
            : Expression.Convert(value, typeof(ulong));
        return Expression.Lambda<Func<object, ulong>>(number, self).Compile();
    }

    private static Func<object, object?> ToObject(FieldInfo field)
    {
        ParameterExpression self = Expression.Parameter(typeof(object));
        Expression value = Expression.Field(Expression.Convert(self, field.DeclaringType!), field);
        return Expression.Lambda<Func<object, object?>>(Expression.Convert(value, typeof(object)), self).Compile();
    }
}
