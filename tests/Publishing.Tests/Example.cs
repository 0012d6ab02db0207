using System.Collections;
using System.Reflection;

namespace NewsPlatform.Publishing.Tests;

/// <summary>
/// A value of any type of wire or storage, with something in every member and the same in every run: a text is the member's name, a list
/// has one item, and a yes or no is a yes.
/// </summary>
static class Example
{
    static readonly DateTimeOffset time = new(2026, 11, 24, 9, 30, 0, 123, TimeSpan.Zero);
    static readonly Guid id = new("0198a6b4-41c0-7d27-9c5e-0c8a52e7b1d4");

    public static object Of(Type type) => Of(type, type.Name, []);

    static object Of(Type type, string name, Type[] within) =>
        Nullable.GetUnderlyingType(type) is { } inner ? Of(inner, name, within)
        : type == typeof(string) ? char.ToLowerInvariant(name[0]) + name[1..]
        : type == typeof(bool) ? true
        : type == typeof(Guid) ? id
        : type == typeof(DateTimeOffset) ? time
        : type == typeof(TimeSpan) ? TimeSpan.FromMinutes(1)
        : type.IsPrimitive || type == typeof(decimal) ? Convert.ChangeType(7, type)
        : type.IsEnum ? Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!
        : type == typeof(object) ? name
        : DictionaryOf(type) is { } pair
            ? Filled((IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(pair))!, pair, name, within)
        : ItemOf(type) is { } item ? Array(item, name, within)
        : Record(type, [.. within, type]);

    static object Record(Type type, Type[] within)
    {
        var constructor = type.GetConstructors()
            .Where(c => c.GetParameters() is not [{ } only] || only.ParameterType != type)
            .MaxBy(c => c.GetParameters().Length)
            ?? throw new InvalidOperationException($"{type.Name} cannot be made.");
        var made = constructor.Invoke([.. constructor.GetParameters().Select(p => Of(p.ParameterType, p.Name!, within))]);
        foreach (
            var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.CanWrite && p.GetIndexParameters().Length == 0)
        )
        {
            // What holds more of its own kind does so once.
            property.SetValue(
                made,
                ItemOf(property.PropertyType) is { } item && within.Contains(item) ? null : Of(property.PropertyType, property.Name, within)
            );
        }
        return made;
    }

    static Type[]? DictionaryOf(Type type) =>
        Interfaces(type)
            .FirstOrDefault(i =>
                i.GetGenericTypeDefinition() is var open && (open == typeof(IReadOnlyDictionary<,>) || open == typeof(IDictionary<,>))
            )
            ?.GetGenericArguments();

    static Type? ItemOf(Type type) =>
        Interfaces(type).FirstOrDefault(i => i.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];

    static IEnumerable<Type> Interfaces(Type type) => type.GetInterfaces().Append(type).Where(i => i.IsInterface && i.IsGenericType);

    static IDictionary Filled(IDictionary dictionary, Type[] pair, string name, Type[] within)
    {
        dictionary.Add(Of(pair[0], "key", within), Of(pair[1], name, within));
        return dictionary;
    }

    static Array Array(Type item, string name, Type[] within)
    {
        var array = System.Array.CreateInstance(item, 1);
        array.SetValue(Of(item, name, within), 0);
        return array;
    }
}
