// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

import java.util.*;

/** The collections that small programs use, and a few hand-made structures. */
public class Containers {
  static class Node<K extends Comparable<K>, V> {
    final K key;
    V value;
    Node<K, V> left;
    Node<K, V> right;

    Node(K key, V value) {
      this.key = key;
      this.value = value;
    }
  }

  static class Tree<K extends Comparable<K>, V> {
    private Node<K, V> root;
    private int size = 0;

    void put(K key, V value) {
      root = put(root, key, value);
    }

    private Node<K, V> put(Node<K, V> node, K key, V value) {
      if (node == null) {
        size++;
        return new Node<>(key, value);
      }
      int order = key.compareTo(node.key);
      if (order < 0) node.left = put(node.left, key, value);
      else if (order > 0) node.right = put(node.right, key, value);
      else node.value = value;
      return node;
    }

    int depth(Node<K, V> node) {
      return node == null ? 0 : 1 + Math.max(depth(node.left), depth(node.right));
    }
  }

  static class Cache<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > 2;
    }
  }

  static Map<Integer, Integer> distances(Map<Integer, List<int[]>> graph, int start) {
    Map<Integer, Integer> distance = new HashMap<>();
    PriorityQueue<int[]> queue = new PriorityQueue<>((a, b) -> Integer.compare(a[1], b[1]));
    queue.add(new int[] {start, 0});
    while (!queue.isEmpty()) {
      int[] at = queue.poll();
      if (distance.containsKey(at[0])) continue;
      distance.put(at[0], at[1]);
      for (int[] edge : graph.getOrDefault(at[0], Collections.emptyList())) {
        queue.offer(new int[] {edge[0], at[1] + edge[1]});
      }
    }
    return distance;
  }

  static void permute(List<Integer> items, int from, List<List<Integer>> found) {
    if (from == items.size()) {
      found.add(new ArrayList<>(items));
      return;
    }
    for (int i = from; i < items.size(); i++) {
      Collections.swap(items, from, i);
      permute(items, from + 1, found);
      Collections.swap(items, from, i);
    }
  }

  static long fibonacci(int n, Map<Integer, Long> known) {
    if (n < 2) return n;
    Long seen = known.get(n);
    if (seen != null) return seen;
    long result = fibonacci(n - 1, known) + fibonacci(n - 2, known);
    known.put(n, result);
    return result;
  }

  public static void main(String[] args) {
    Tree<String, Integer> tree = new Tree<>();
    for (String word : new String[] {"m", "c", "x", "a", "m"}) tree.put(word, word.hashCode());
    System.out.println(tree.size + " " + tree.depth(tree.root));
    Map<Integer, List<int[]>> graph = new HashMap<>();
    graph.computeIfAbsent(1, k -> new ArrayList<>()).add(new int[] {2, 7});
    graph.computeIfAbsent(2, k -> new LinkedList<>()).add(new int[] {3, 1});
    System.out.println(distances(graph, 1));
    List<List<Integer>> found = new ArrayList<>();
    permute(new ArrayList<>(List.of(1, 2, 3)), 0, found);
    System.out.println(found + " " + fibonacci(40, new HashMap<>()));

    List<Integer> numbers = new ArrayList<>(Arrays.asList(5, 3, 9, 1));
    numbers.remove(Integer.valueOf(3));
    numbers.remove(0);
    numbers.addAll(List.of(7, 8));
    numbers.add(0, 4);
    Collections.sort(numbers, Collections.reverseOrder());
    Collections.shuffle(numbers, new Random(42));
    System.out.println(numbers + " " + Collections.max(numbers) + Collections.frequency(numbers, 7));
    System.out.println(numbers.subList(1, 3) + " " + numbers.indexOf(9) + numbers.contains(1));
    numbers.removeIf(n -> n > 8);
    ListIterator<Integer> iterator = numbers.listIterator();
    while (iterator.hasNext()) {
      if (iterator.next() == 4) iterator.remove();
    }
    Integer[] boxed = numbers.toArray(new Integer[0]);
    Arrays.sort(boxed, Collections.reverseOrder());
    int[] plain = {4, 2, 8};
    Arrays.sort(plain);
    Arrays.fill(plain, 0, 1, 3);
    System.out.println(Arrays.toString(boxed) + Arrays.binarySearch(plain, 4) + Arrays.toString(Arrays.copyOf(plain, 5)));
    System.out.println(Arrays.equals(plain, plain.clone()) + " " + Arrays.asList(boxed).hashCode());

    Deque<Character> stack = new ArrayDeque<>();
    for (char c : "([])".toCharArray()) {
      if (c == '(' || c == '[') stack.push(c);
      else stack.pop();
    }
    Queue<String> queue = new LinkedList<>();
    queue.offer("first");
    Stack<Integer> old = new Stack<>();
    old.push(1);
    System.out.println(stack.isEmpty() + queue.poll() + old.peek() + stack.peekFirst());
    Set<String> hashed = new HashSet<>(List.of("b", "a"));
    hashed.retainAll(Set.of("a"));
    NavigableSet<Integer> sorted = new TreeSet<>(List.of(10, 20, 30));
    System.out.println(hashed + " " + sorted.floor(25) + sorted.headSet(20, true) + sorted.descendingSet());
    TreeMap<String, Integer> map = new TreeMap<>(Comparator.comparing(String::length));
    map.put("aaa", 1);
    map.put("b", 2);
    System.out.println(map.firstKey() + map.ceilingEntry("cc") + map.pollLastEntry() + map.tailMap("a"));
    for (Map.Entry<String, Integer> entry : map.entrySet()) entry.setValue(entry.getValue() + 1);
    Map<String, String> cache = new Cache<>();
    for (String key : List.of("x", "y", "z")) cache.put(key, key + key);
    System.out.println(cache.keySet() + " " + cache.values() + cache.putIfAbsent("w", "") + cache);
    EnumMap<Thread.State, Integer> states = new EnumMap<>(Thread.State.class);
    states.put(Thread.State.NEW, 1);
    BitSet bits = new BitSet(64);
    bits.set(3, 6);
    System.out.println(states + " " + bits.cardinality() + bits.nextSetBit(0) + EnumSet.of(Thread.State.NEW));
    System.out.println(Map.of("k", 1).equals(Collections.singletonMap("k", 1)) + " " + Map.entry("a", 2));
    System.out.println(Collections.unmodifiableList(numbers) + " " + Collections.nCopies(2, "n") + List.copyOf(hashed));
    StringJoiner joiner = new StringJoiner(",", "{", "}");
    joiner.add("one").add("two");
    System.out.println(joiner + " " + Objects.requireNonNullElse(null, "else") + Objects.equals(1, 1));
  }
}
