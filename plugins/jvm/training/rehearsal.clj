;; SPDX-License-Identifier: Apache-2.0
;; What small programs do, a little of everything.
(ns org.codeexecutor.training
  (:require [clojure.string :as str]
            [clojure.set :as set]
            [clojure.pprint])
  (:import (java.util ArrayList HashMap)
           (java.io BufferedReader)))

(defprotocol Shape
  (area [this])
  (describe [this prefix]))

(defrecord Circle [radius]
  Shape
  (area [_] (* Math/PI radius radius))
  (describe [_ prefix] (str prefix "circle " radius)))

(deftype Box [width height]
  Shape
  (area [_] (* width height))
  (describe [this prefix] (format "%sbox of %.1f" prefix (double (area this))))
  Object
  (toString [_] (str width "x" height)))

(defmulti kind (fn [value & _] (class value)))
(defmethod kind String [text & _] (str "text of " (count text)))
(defmethod kind Number [n & _] (cond (neg? n) "below" (zero? n) "zero" :else "above"))
(defmethod kind :default [other & more] (str other more))

(defmacro unless [condition & body]
  `(if ~condition nil (do ~@body)))

(defn factorial [n] (reduce *' (range 1 (inc n))))
(defn fibonacci
  ([n] (fibonacci n 0 1))
  ([n a b] (if (zero? n) a (recur (dec n) b (+ a b)))))
(defn options [first & {:keys [size name] :or {size 1}}] [first size name])
(defn pre [n] {:pre [(pos? n)] :post [(> % n)]} (inc n))
(def ^:dynamic *level* 1)
(def squares (lazy-seq (map #(* % %) (iterate inc 1))))
(declare odd-steps)
(defn even-steps [n] (if (zero? n) true #(odd-steps (dec n))))
(defn odd-steps [n] (if (zero? n) false #(even-steps (dec n))))

(doseq [shape [(->Circle 1.5) (Box. 2 3) (map->Circle {:radius 2})]]
  (println (describe shape "a ") (area shape) (str shape)))
(println (map kind ["abc" -1 0 2.5 :key]) (unless false 1) (factorial 25) (fibonacci 50))
(println (options 1 :name "x") (pre 1) (trampoline even-steps 10) (binding [*level* 2] (inc *level*)))
(println (take 5 squares) (let [{:keys [a] [b & c] :list} {:a 1 :list [2 3 4]}] [a b c]))
(println (->> (range 1 20) (filter odd?) (map inc) (remove #(zero? (mod % 3))) (partition 2) (mapv vec)))
(println (-> {:a {:b 1}} (assoc-in [:a :c] 2) (update-in [:a :b] inc) (get-in [:a :b])))
(println (for [a (range 3) b (range a) :when (odd? (+ a b)) :let [c (* a b)]] [a b c]))
(println (group-by even? (range 6)) (frequencies "mississippi") (sort-by second > {:a 1 :b 2}) (zipmap [:a :b] [1 2]))
(println (reduce-kv (fn [m k v] (assoc m v k)) {} {:a 1}) (merge-with + {:a 1} {:a 2 :b 3}) (select-keys {:a 1 :b 2} [:a]))
(println (into (sorted-map) {:b 1 :a 2}) (into #{} [1 1 2]) (set/union #{1} #{2}) (set/difference #{1 2} #{2}) (conj '(1) 2) (conj [1] 2))
(println (transduce (comp (map inc) (filter even?)) + (range 10)) (sequence (take-while #(< % 5)) (range)) (eduction (map str) [1]))
(println (interleave [1 2] [:a :b]) (interpose ", " ["x" "y"]) (flatten [1 [2 [3]]]) (distinct [1 1]) (partition-by odd? [1 3 2]))
(println (apply max [3 1 2]) (some #{2} [1 2]) (every? pos? [1]) ((juxt inc dec) 5) ((comp inc #(* 2 %)) 3) ((partial + 1) 2))
(println (str/join "-" (str/split "a,b" #",")) (str/upper-case "x") (re-seq #"\d+" "a1b22") (str/replace "abc" #"b" "x") (str/trim " y "))
(println (format "%d %5.2f %s" 1 2.345 "three") (pr-str {:a "x" :b [1 nil true \c]}) (read-string "(+ 1 2)") (Integer/parseInt "12"))
(println (/ 1 3) (quot 7 2) (rem -7 2) (bit-and 6 3) (Math/sqrt 16.0) (bigdec "1.5") (long 3.7) (== 1 1.0) (compare "a" "b") 1e3 0xff)
(println (loop [i 0 sum 0] (if (< i 5) (recur (inc i) (+ sum i)) sum)) (case 2 1 "one" 2 "two" "other") (condp = 1 1 :one :none))
(println (when-let [x (first [])] x) (if-let [x 1] x 0) (some-> {:a 1} :a inc) (cond-> 1 true inc) (as-> 1 x (+ x 1)) (doto (ArrayList.) (.add 1)))
(let [counter (atom 0) account (ref 10) worker (agent 0) later (promise) task (future (* 6 7)) delayed (delay 1)]
  (dotimes [_ 3] (swap! counter inc))
  (dosync (alter account + 5) (ref-set account (dec @account)))
  (send worker inc)
  (await worker)
  (deliver later :done)
  (println @counter @account @worker @later @task @delayed (realized? delayed))
  (reset! counter 0)
  (add-watch counter :seen (fn [_ _ old new] (print old new "")))
  (swap! counter + 2))
(doseq [attempt [#(/ 1 0) #(nth [1] 3) #(.length nil) #(Integer/parseInt "x") #(throw (ex-info "why" {:a 1})) #(pre -1)
                 #(assert false "never") #(+ 1 "x") #(throw (Exception. "outer" (Error.)))]]
  (println (try (attempt)
                (catch ArithmeticException e (.getMessage e))
                (catch clojure.lang.ExceptionInfo e (ex-data e))
                (catch Throwable e (str (class e) (count (.getStackTrace e))))
                (finally (print "")))))
(let [array (int-array [3 1 2]) grid (make-array Integer/TYPE 2 2) map (HashMap. {"a" 1}) builder (StringBuilder.)]
  (java.util.Arrays/sort array)
  (aset-int grid 0 1 5)
  (.append builder "x")
  (println (seq array) (aget array 0) (alength array) (.get map "a") (str builder) (areduce array i sum 0 (+ sum (aget array i)))
           (proxy [Object] [] (toString [] "proxied")) (reify Runnable (run [_] nil) Object (toString [_] "reified"))))
(println (with-out-str (print "inner")) (meta (with-meta [1] {:x 1})) (name :key) (keyword "k") (symbol "s") (type 1))
(println (map (fn [line] (reduce + (map #(Long/parseLong %) (str/split line #" ")))) (line-seq (BufferedReader. *in*))) (read-line))
(binding [*out* *err*] (println "to the other stream"))
(println (slurp (java.io.StringReader. "text")) (shuffle [1]) (rand-int 1) (time 1) *ns* *command-line-args*)
(clojure.pprint/pprint {:a [1 2 {:b 3}]})
(shutdown-agents)
